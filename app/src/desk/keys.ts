/** Keys of a list with a search: arrows move, Enter opens as on every link, Escape empties the search. */

/** Moves the focus among the search and the links of a list. True: the key was taken. */
export function moveFocus(list: HTMLElement, key: string): boolean {
  const stops = [...list.querySelectorAll<HTMLElement>('input[type="search"], [data-stop]')]
  const at = stops.indexOf(document.activeElement as HTMLElement)
  if (at < 0) return false
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: at === 0 ? -1 : 0, End: at === 0 ? -1 : stops.length - 1 }[key]
  const target = to === undefined ? undefined : stops[to]
  target?.focus()
  return target !== undefined
}

/** Whether a plain key typed here means a letter and not a command. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
}
