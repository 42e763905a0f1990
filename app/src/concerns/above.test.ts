import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Above, type Steps } from './above'

/** The history of a browser, as far as it is asked here. */
class Browser extends EventTarget {
  entries = ['/listening']
  at = 0
  asked = 0
  refuses = false
  state = null
  location = { href: '/listening' }

  pushState = () => {
    this.asked++
    if (this.refuses) throw new DOMException('too many', 'SecurityError')
    this.entries = [...this.entries.slice(0, this.at + 1), this.location.href]
    this.at++
  }

  go = (by: number) => {
    this.at += by
    queueMicrotask(() => this.dispatchEvent(new Event('popstate')))
  }
}

let browser: Browser
const stays: Steps = { back: () => true, away: () => undefined }

beforeEach(() => {
  browser = new Browser()
  vi.stubGlobal('history', browser)
  vi.stubGlobal('location', browser.location)
  vi.stubGlobal('addEventListener', browser.addEventListener.bind(browser))
  vi.stubGlobal('removeEventListener', browser.removeEventListener.bind(browser))
})
afterEach(() => vi.unstubAllGlobals())

describe('Back, while the form is open', () => {
  it('goes a step back inside, and leaves the history as it was', async () => {
    const above = new Above()
    above.begin(stays)
    await vi.waitFor(() => expect([browser.at, browser.entries]).toEqual([1, ['/listening', '/listening']]))
    browser.go(-1)
    expect(browser.at).toBe(0)
    await vi.waitFor(() => expect(browser.at, 'above the page once more').toBe(1))
    above.end()
    await vi.waitFor(() => expect(browser.at).toBe(0))
    expect(browser.entries, 'and nothing more lies ahead').toEqual(['/listening', '/listening'])
  })

  it('takes nobody back from the page that they have gone to, and goes down once they are here again', async () => {
    const above = new Above()
    above.begin(stays)
    await vi.waitFor(() => expect(browser.at).toBe(1))
    browser.addEventListener('pagehide', () => above.end())
    browser.dispatchEvent(new Event('pagehide'))
    await new Promise(setImmediate)
    expect(browser.at).toBe(1)
    browser.dispatchEvent(new Event('pageshow'))
    await vi.waitFor(() => expect(browser.at).toBe(0))
  })

  it('closes a form for which the browser took no entry, and is heard again the next time', async () => {
    const above = new Above()
    const away = vi.fn()
    browser.refuses = true
    above.begin({ back: () => true, away })
    await vi.waitFor(() => expect(browser.asked).toBe(1))
    browser.dispatchEvent(new Event('popstate'))
    expect(away).toHaveBeenCalledOnce()
    above.end()
    browser.refuses = false
    const back = vi.fn(() => true)
    above.begin({ back, away })
    await vi.waitFor(() => expect(browser.at).toBe(1))
    browser.go(-1)
    await vi.waitFor(() => expect(back).toHaveBeenCalledOnce())
    expect(away).toHaveBeenCalledOnce()
  })
})
