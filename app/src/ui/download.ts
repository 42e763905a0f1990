/** Hands the person a file that was made here. Nothing is asked of a server. */
export function download(name: string, type: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }))
  const link = document.createElement('a')
  link.href = address
  link.download = name.replace(/[^\p{L}\p{N} ._-]+/gu, '').slice(0, 80)
  link.click()
  // The browser has taken the bytes once the click was handled; a later turn is soon enough to let go.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}
