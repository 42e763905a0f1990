/** The words of an address that leads nowhere. */

export const missing = {
  title: 'There is nothing at this address',
  text: 'It may have been moved or mistyped.',
}
