/**
 * Text as everybody writes it: line ends, accents, nothing unseen, nothing at the ends. A server refuses what can't be
 * seen, and what somebody typed must not be lost to a stray character.
 */
export function tidyText(text: string): string {
  return text.normalize('NFC').replace(/\r\n?|[\u2028\u2029]/g, '\n').replace(/\t/g, ' ').replace(/[^\P{C}\n]/gu, '').trim()
}

/** The same on one line. */
export function tidyLine(text: string): string {
  return tidyText(text).replace(/\s+/g, ' ')
}
