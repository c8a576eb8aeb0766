/** Why the start stops: nobody's bug, with what a person can do about it. Printed without a stack. */
export class StartFault extends Error {
  override readonly name = 'StartFault'
  readonly waysOut: readonly string[]

  constructor(what: string, waysOut: readonly string[], options?: ErrorOptions) {
    super(what, options)
    this.waysOut = waysOut
  }
}
