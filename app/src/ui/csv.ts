/** A table for a spreadsheet. NB! A text that begins as a formula would be run by it. */
export function csvOf(lines: readonly (readonly string[])[]): string {
  const cell = (text: string) => `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`
  return lines.map((line) => `${line.map(cell).join(',')}\r\n`).join('')
}
