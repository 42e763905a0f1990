/**
 * Puts what the first screen needs into one file: everything that `main.ts` imports, directly or through
 * others, without waiting. Left alone, the bundler cuts it wherever a later screen shares something, and a
 * dozen small files compress worse and cost a phone a dozen requests.
 */
interface Modules {
  getModuleInfo(id: string): { importedIds: readonly string[] } | null
}

/** Parts of Svelte that it hands out with all others, and that only later screens use: forms, and the list of the surgery. */
export const LATER = /svelte\/src\/(internal\/(client\/dom\/elements\/bindings\/(select|input)|client\/dom\/blocks\/svelte-element|shared\/clone)|reactivity\/set)\.js$/

/** A chunk name for modules of the first screen, null for others; for rolldown's `codeSplitting` groups. */
export function firstScreen(entry: string): (id: string, modules: Modules) => string | null {
  let needed: Set<string> | undefined
  return (id, modules) => {
    needed ??= reachable(entry, modules)
    return needed.has(id) && !LATER.test(id) ? 'first' : null
  }
}

function reachable(entry: string, modules: Modules): Set<string> {
  const seen = new Set([entry])
  for (const id of seen) for (const next of modules.getModuleInfo(id)?.importedIds ?? []) seen.add(next)
  return seen
}
