/** What stands over the whole till: Tab goes round among its own buttons, as what is behind can't be seen. */
export function keepWithin(event: KeyboardEvent, box: HTMLElement | undefined): void {
  const buttons = [...(box?.querySelectorAll('button') ?? [])]
  if (event.key !== 'Tab' || buttons.length === 0) return
  event.preventDefault()
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement)
  const next = event.shiftKey ? (at < 0 ? buttons.length : at) - 1 : at + 1
  buttons.at(next % buttons.length)?.focus()
}
