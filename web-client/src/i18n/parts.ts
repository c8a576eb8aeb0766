/** Words under their keys, nested. */
export interface Words { readonly [key: string]: string | Words }

/** The name of a part is its namespace: what `parts/track.zh.json` says is found under `track.`. */
export function messagesOf(files: Readonly<Record<string, Words>>): Record<string, Words> {
  return Object.fromEntries(Object.entries(files).map(([path, content]) => [/([\w-]+)\.\w+\.json$/.exec(path)?.[1] ?? path, content]))
}
