import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { router, type Kept } from '../ui/router.svelte'
import { arrive, Hidden } from './hidden'

/** A browser's history, as far as it is asked here. */
class Browser extends EventTarget {
  entries: { state: unknown; url: string }[]
  at = 0

  constructor(url: string) {
    super()
    this.entries = [{ state: null, url }]
  }

  get state(): unknown {
    return this.entries[this.at]!.state
  }

  pushState(state: unknown, _: string, url: string): void {
    this.entries = [...this.entries.slice(0, ++this.at), { state, url }]
  }

  replaceState(state: unknown, _: string, url = this.entries[this.at]!.url): void {
    this.entries[this.at] = { state, url }
  }

  back(): void {
    this.go(-1)
  }

  go(by: number): void {
    this.at += by
    this.dispatchEvent(new Event('popstate'))
  }
}

let browser: Browser
let stop: () => void

function open(url: string, how = 'navigate'): void {
  browser = new Browser(url)
  vi.stubGlobal('history', browser)
  const here = () => new URL(browser.entries[browser.at]!.url, 'https://town.example')
  vi.stubGlobal('location', {
    get href() {
      return here().href
    },
    get pathname() {
      return here().pathname
    },
    get hash() {
      return here().hash
    },
  })
  vi.stubGlobal('addEventListener', browser.addEventListener.bind(browser))
  vi.stubGlobal('removeEventListener', browser.removeEventListener.bind(browser))
  vi.stubGlobal('document', new EventTarget())
  vi.stubGlobal('scrollY', 0)
  vi.stubGlobal('scrollTo', () => undefined)
  vi.stubGlobal('requestAnimationFrame', (done: () => void) => done())
  vi.spyOn(performance, 'getEntriesByType').mockReturnValue([{ type: how }] as never)
}

function begin(first = '/'): Hidden {
  const hidden = new Hidden(first)
  router.hidden = hidden
  stop = router.start()
  return hidden
}

const addresses = () => browser.entries.map(({ url }) => url)

beforeEach(() => open('/'))
afterEach(() => {
  stop?.()
  router.hidden = null
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

describe('a turn on a shared device', () => {
  it('tells the browser no page of it, and goes back and forward all the same', () => {
    begin()
    router.go('/l/lunch')
    router.go('/l/lunch/come')
    router.setHash('when')
    expect([router.path, router.hash]).toEqual(['/l/lunch/come', 'when'])
    expect(addresses()).toEqual(['/', '/', '/'])
    expect(JSON.stringify(browser.entries)).not.toContain('lunch')
    router.back('/')
    expect(router.path).toBe('/l/lunch')
    browser.go(-1)
    expect(router.path).toBe('/')
    browser.go(2)
    expect([router.path, router.hash]).toEqual(['/l/lunch/come', 'when'])
  })

  it('replaces a page where Back must not come back to it', () => {
    begin()
    router.go('/groups/new')
    router.go('/groups', { replace: true })
    router.back('/')
    expect(router.path).toBe('/')
    browser.go(1)
    expect(router.path).toBe('/groups')
  })

  it('ends where it began: the next person’s Back leads to nothing of it, nor does Forward', async () => {
    const hidden = begin()
    router.go('/l/lunch')
    router.go('/l/lunch/come')
    await hidden.leave()
    expect(browser.at).toBe(0)
    stop()
    begin()
    browser.go(2)
    expect(router.path).toBe('/')
    router.go('/plans')
    expect(addresses()).toEqual(['/', '/', '/', '/'])
  })

  it('that was cut off in the middle leaves no page to go back to', () => {
    begin()
    router.go('/l/lunch')
    router.go('/l/lunch/come')
    stop()
    begin()
    expect(router.path).toBe('/')
    browser.go(-1)
    expect(router.path).toBe('/')
  })

  it('finds in no entry from before it was shared which page that was', () => {
    browser.pushState({ depth: 1 } satisfies Kept, '', '/l/lunch')
    browser.pushState({ depth: 2 } satisfies Kept, '', '/')
    begin()
    browser.go(-1)
    expect(router.path).toBe('/')
    expect(addresses()).toEqual(['/', '/', '/'])
  })
})

describe('what a page was opened with, before a PIN', () => {
  it('is led to where somebody opened a link, and the address no longer says it', () => {
    open('/join#7Q2K')
    expect(arrive().asked).toBe('/join#7Q2K')
    expect(addresses()).toEqual(['/'])
    begin('/join#7Q2K')
    expect([router.path, router.hash]).toEqual(['/join', '7Q2K'])
    expect(addresses()).toEqual(['/'])
  })

  it.each(['reload', 'back_forward'])('is nothing after a %s: it was somebody else’s', (how) => {
    open('/l/lunch/come', how)
    expect(arrive().asked).toBe('/')
    expect(addresses()).toEqual(['/'])
  })

  it('may be what the turn before left to be said', () => {
    open('/#removed', 'reload')
    expect(arrive()).toEqual({ asked: '/', hash: '#removed' })
  })
})
