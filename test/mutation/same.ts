/** Changes that make no difference, each with the reason why no test could notice. */
export const same: readonly { readonly file: string; readonly written: string; readonly change?: string; readonly why: string }[] = [
  { file: 'title.ts', written: "state.name === 'VOIDED'", change: 'always true', why: 'only a void state has the reason that is asked for next' },
  { file: 'title.ts', written: "medium.name === 'PAPER' && state.name === 'VOIDED'", change: 'only the left side', why: 'only a void state has the reason that is asked for next' },
  { file: 'actions/deliver.ts', written: "cargo.name === 'RELEASED'", change: 'always true', why: 'only a released box has the hash of a code, which is compared next' },
  { file: 'actions/deliver.ts', written: "cargo.name === 'RELEASED' && cargo.codeHash === view.sha256(releaseText(title.billId, container, code))", change: 'only the right side', why: 'only a released box has the hash of a code' },
  { file: 'actions/surrender.ts', written: "kind === 'CARRIER_LIEN'", change: 'always true', why: 'a bill under any other hold was refused two lines before' },
]
