/** How often a browser was asked where it is. */
import type { Page } from '@playwright/test'

export async function countsPlaces(page: Page): Promise<() => Promise<number>> {
  let asked = 0
  await page.exposeFunction('askedWhere', () => void asked++)
  await page.addInitScript(() => {
    const tell = (): number => (void (globalThis as any).askedWhere(), 0)
    Object.defineProperty(navigator, 'geolocation', { value: { getCurrentPosition: tell, watchPosition: tell, clearWatch: () => undefined } })
  })
  return async () => asked
}
