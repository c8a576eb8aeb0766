/** Changes that make no difference, each with the reason why no test could notice. */
export const same: readonly { readonly file: string; readonly written: string; readonly change?: string; readonly why: string }[] = []
