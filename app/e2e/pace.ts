/** How long a person takes for what a test does in no time: they read, reach for what they tap, and type. */
import type { Locator, Page } from '@playwright/test'

/** From what has been measured of many: reading 238 words a minute, a thought and a touch, and 36 words a minute on the glass of a phone. */
export const WORD_S = 60 / 238
export const TOUCH_S = 1.35 + 1.1
export const LETTER_S = 60 / (36 * 5)

/** Seconds that somebody reads what stands there. */
export async function reads(...parts: Locator[]): Promise<number> {
  const texts: string[] = []
  for (const part of parts) texts.push(await part.innerText())
  return texts.join(' ').split(/\s+/).length * WORD_S
}

/** Seconds that they wait for the app. */
export async function waits(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await work()
  return (performance.now() - begun) / 1000
}

/** Counts every touch that reaches the page, whoever made it; what is typed, and the next field of a keyboard, are none. */
export async function countTaps(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    const page = globalThis as any
    if (page.taps === undefined) addEventListener('pointerdown', (event) => void (event.isTrusted && (page.taps += 1)), { capture: true })
    page.taps = 0
  })
  return () => page.evaluate(() => (globalThis as any).taps)
}
