/**
 * A second tap, or a second Enter, while the first is still being done is none: nobody means two of it. What follows
 * once it is done counts again, also where it could not be done. Other arguments are another deed: two people who are
 * tapped one after the other are two.
 */
export function once<Args extends unknown[], Answer>(deed: (...args: Args) => Answer | Promise<Answer>): (...args: Args) => Promise<Answer | undefined> {
  const going = new Set<string>()
  return async (...args) => {
    const event = args.find((one) => one instanceof Event)
    if (event?.type === 'submit') event.preventDefault()
    const about = JSON.stringify(args.filter((one) => one !== event))
    if (going.has(about)) return undefined
    going.add(about)
    try {
      return await deed(...args)
    } finally {
      going.delete(about)
    }
  }
}
