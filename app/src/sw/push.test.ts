/**
 * What comes by push, in a worker with pages, notifications and a cache that are made of lists.
 */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { SHOWING, shown as allShown } from '../notices/showing'
import { pushed } from '../words/pushed'

/** In a variable, so that the worker is checked with the types of a worker and not with those of a page. */
const WORKER = './push'

interface Shown {
  title: string
  tag: string
  body: string
  data: { n: string }
  renotify: boolean
  silent: boolean
  icon?: string
}

class Page {
  readonly heard: unknown[] = []
  focusedNow = false
  went = ''
  /** Whether it goes by itself when it is asked to. */
  answers = true
  focusable = true
  navigable = true
  url = 'https://kith.example/plans'
  constructor(
    readonly focused = false,
    readonly visibilityState = 'hidden',
  ) {}
  postMessage(message: unknown, [port]: MessagePort[] = []) {
    this.heard.push(message)
    if (port && this.answers) port.postMessage('yes')
  }
  async focus() {
    if (!this.focusable) throw new Error('not allowed')
    this.focusedNow = true
  }
  async navigate(address: string) {
    if (!this.navigable) throw new Error('not of this worker')
    this.went = address
  }
}

/** One lock, as a browser has it: those that share it are let in together, whoever wants it alone waits for them. */
class Lock {
  private readonly held = new Set<Promise<unknown>>()
  private alone = false
  async request(_: string, ...rest: [how: { mode: string }, work: () => Promise<unknown>] | [work: () => Promise<unknown>]) {
    const work = rest.at(-1) as () => Promise<unknown>
    if (rest.length === 1 || rest[0].mode !== 'shared') {
      while (this.held.size > 0) await Promise.race(this.held)
      this.alone = true
    } else if (this.alone) return work()
    const done = work().finally(() => {
      this.held.delete(done)
      this.alone = false
    })
    this.held.add(done)
    return done
  }
}

let pages: Page[]
let shown: Shown[]
let opened: string[]
let told: Map<string, Response>
let worker: { show: (event: object) => Promise<void>; open: (notification: object) => Promise<void>; poke: () => Promise<void> }

beforeEach(async () => {
  pages = []
  shown = []
  opened = []
  told = new Map()
  vi.resetModules()
  vi.stubGlobal('caches', {
    match: async () => new Response('a picture'),
    open: async () => ({ match: async (key: string) => told.get(key)?.clone(), put: async (key: string, value: Response) => void told.set(key, value) }),
  })
  vi.stubGlobal('self', {
    clients: { matchAll: async () => pages, openWindow: async (address: string) => void opened.push(address) },
    registration: {
      getNotifications: async ({ tag }: { tag: string }) => shown.filter((one) => one.tag === tag),
      // As a browser does: one of the same tag takes the place of the last.
      showNotification: async (title: string, options: Omit<Shown, 'title'>) => void (shown = [...shown.filter(({ tag }) => tag !== options.tag), { title, ...options }]),
    },
  })
  worker = await import(/* @vite-ignore */ WORKER)
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const push = (data: unknown) => worker.show({ data: { json: () => ({ from: '1', fcmMessageId: 'm', data }) } })

describe('a push', () => {
  test.each(['task', 'notice', 'loyalty', 'account'] as const)('of the kind %s is shown in the words of its kind, which say nothing of what it is', async (k) => {
    await push({ v: '1', n: 'abc', k })
    expect(shown).toMatchObject([{ ...pushed[k], tag: k, data: { n: 'abc' }, renotify: true, silent: false }])
  })

  test.each([
    ['nothing at all', { data: null }],
    ['no JSON', { data: { json: () => JSON.parse('{') } }],
    ['no data', { data: { json: () => ({ notification: { title: 'Somebody else’s words' } }) } }],
    ['another version', { data: { json: () => ({ data: { v: '2', n: 'abc', k: 'task' } }) } }],
    ['an id that is an address', { data: { json: () => ({ data: { v: '1', n: '../card', k: 'task' } }) } }],
    ['a number', { data: { json: () => 7 } }],
  ])('with %s is shown all the same, and leads to all notices', async (_, event) => {
    await worker.show(event)
    expect(shown).toMatchObject([{ ...pushed.other, tag: 'other', data: { n: '' } }])
    await worker.open({ data: shown[0]!.data, close: () => undefined })
    expect(opened).toEqual(['/notices'])
  })

  test('of a kind that is not known yet has words for everything, and leads to its notice', async () => {
    await push({ v: '1', n: 'abc', k: 'constructor' })
    await push({ v: '1', n: 'abd', k: 'parade' })
    expect(shown).toMatchObject([{ ...pushed.other, data: { n: 'abd' } }])
  })

  test('that comes twice is shown once: the second takes the place of the first and makes no sound', async () => {
    await push({ v: '1', n: 'abc', k: 'task' })
    await push({ v: '1', n: 'abc', k: 'task' })
    expect(shown).toMatchObject([{ data: { n: 'abc' }, renotify: false, silent: true }])
  })

  test('that comes twice at the same moment rings once', async () => {
    const rang: boolean[] = []
    const { registration } = self as unknown as { registration: { showNotification: (title: string, options: Shown) => Promise<void> } }
    const before = registration.showNotification
    registration.showNotification = async (title, options) => (rang.push(options.renotify), before(title, options))
    await Promise.all([push({ v: '1', n: 'abc', k: 'task' }), push({ v: '1', n: 'abc', k: 'task' })])
    expect(rang.sort()).toEqual([false, true])
  })

  test('that comes again later rings again: it is still not read', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    await push({ v: '1', n: 'abc', k: 'task' })
    vi.advanceTimersByTime(9 * 60_000)
    await push({ v: '1', n: 'abc', k: 'task' })
    expect(shown).toMatchObject([{ silent: true }])
    vi.advanceTimersByTime(2 * 60_000)
    await push({ v: '1', n: 'abc', k: 'task' })
    expect(shown).toMatchObject([{ silent: false, renotify: true, data: { n: 'abc' } }])
    await push({ v: '1', n: 'abc', k: 'task' })
    expect(shown).toMatchObject([{ silent: true }])
  })

  test('that comes again after a newer one leaves the tap to the newer', async () => {
    await push({ v: '1', n: 'one', k: 'notice' })
    await push({ v: '1', n: 'two', k: 'notice' })
    await push({ v: '1', n: 'one', k: 'notice' })
    expect(shown).toMatchObject([{ data: { n: 'two' }, silent: true }])
  })

  test('is remembered with the last fifty, and no more', async () => {
    for (let i = 0; i <= 50; i++) await push({ v: '1', n: `n${i}`, k: 'notice' })
    expect(await told.get('/told')!.clone().json()).toHaveLength(50)
    await push({ v: '1', n: 'n1', k: 'notice' })
    expect(shown[0]).toMatchObject({ silent: true })
    await push({ v: '1', n: 'n0', k: 'notice' })
    expect(shown[0]).toMatchObject({ silent: false })
  })

  test('has its picture with it: a browser that fetches one shows nothing until it has come, which on a bad line is too late', async () => {
    await push({ v: '1', n: 'abc', k: 'task' })
    expect(shown[0]!.icon).toBe(`data:image/png;base64,${btoa('a picture')}`)
  })

  test.each([
    ['says no', () => Promise.reject(new Error('no room'))],
    ['never answers', () => new Promise(() => undefined)],
  ])('is shown where what the browser keeps %s', async (_, answer) => {
    vi.useFakeTimers()
    vi.stubGlobal('caches', { match: answer, open: answer })
    const two = Promise.all([push({ v: '1', n: 'abc', k: 'task' }), push({ v: '1', n: 'abd', k: 'notice' })])
    await vi.advanceTimersByTimeAsync(9_000)
    await two
    expect(shown).toMatchObject([{ data: { n: 'abc' }, silent: false }, { data: { n: 'abd' }, silent: false }])
    expect(shown[0]).not.toHaveProperty('icon')
  })

  test('is shown though the one before it never is', async () => {
    vi.useFakeTimers()
    const { registration } = self as unknown as { registration: { showNotification: (title: string, options: Shown) => Promise<void> } }
    const shows = registration.showNotification
    registration.showNotification = () => new Promise(() => undefined)
    void push({ v: '1', n: 'abc', k: 'task' })
    await vi.advanceTimersByTimeAsync(0)
    registration.showNotification = shows
    const next = push({ v: '1', n: 'abd', k: 'task' })
    await vi.advanceTimersByTimeAsync(3_000)
    await next
    expect(shown).toMatchObject([{ data: { n: 'abd' } }])
  })

  test('that was cut off before it was shown rings when it comes again', async () => {
    const { registration } = self as unknown as { registration: { showNotification: (title: string, options: Shown) => Promise<void> } }
    const shows = registration.showNotification
    registration.showNotification = () => Promise.reject(new Error('killed'))
    await expect(push({ v: '1', n: 'abc', k: 'task' })).rejects.toThrow('killed')
    registration.showNotification = shows
    await push({ v: '1', n: 'abc', k: 'task' })
    expect(shown).toMatchObject([{ data: { n: 'abc' }, silent: false, renotify: true }])
  })

  test('is shown while a page asks what is shown, and a page waits for it', async () => {
    const lock = new Lock()
    vi.stubGlobal('navigator', { locks: lock })
    let asked = () => {}
    const { registration } = self as unknown as { registration: { showNotification: (title: string, options: Shown) => Promise<void> } }
    const shows = registration.showNotification
    const order: string[] = []
    registration.showNotification = async (title, options) => {
      order.push('begun')
      await new Promise<void>((go) => (asked = go))
      await shows(title, options)
      order.push('shown')
    }
    const done = push({ v: '1', n: 'abc', k: 'task' })
    await vi.waitFor(() => expect(order).toEqual(['begun']))
    const asking = { getNotifications: async () => (order.push('a page asks'), []) } as unknown as ServiceWorkerRegistration
    const page = allShown(asking)
    asked()
    await Promise.all([done, page])
    expect(order).toEqual(['begun', 'shown', 'a page asks'])

    let answer = () => {}
    void lock.request(SHOWING, () => new Promise<void>((go) => (answer = go)))
    const next = push({ v: '1', n: 'abd', k: 'notice' })
    await vi.waitFor(() => expect(order.at(-1)).toBe('begun'))
    asked()
    await next
    answer()
    expect(shown).toHaveLength(2)
  })

  test('lets every open page look for what is new', async () => {
    pages = [new Page(), new Page(true, 'visible')]
    await push({ v: '1', n: 'abc', k: 'task' })
    expect(pages.map(({ heard }) => heard)).toEqual([['poke'], ['poke']])
  })
})

describe('a tap', () => {
  const tap = async (n = 'abc') => {
    let closed = false
    await worker.open({ data: { n }, close: () => void (closed = true) })
    expect(closed).toBe(true)
  }

  test('opens the app where it is closed', async () => {
    await tap()
    expect(opened).toEqual(['/notices/abc'])
  })

  test('brings the page to the front that is in use, which goes there by itself', async () => {
    pages = [new Page(), new Page(false, 'visible'), new Page(true, 'visible')]
    await tap()
    expect(pages.map(({ focusedNow }) => focusedNow)).toEqual([false, false, true])
    expect(pages[2]).toMatchObject({ heard: [{ open: '/notices/abc' }], went: '' })
    expect(opened).toEqual([])
  })

  test('leads a page that doesn’t answer, also where it may not be brought to the front', async () => {
    vi.useFakeTimers()
    pages = [new Page(false, 'visible')]
    Object.assign(pages[0]!, { answers: false, focusable: false })
    const tapped = tap()
    await vi.runAllTimersAsync()
    await tapped
    expect(pages[0]!.went).toBe('/notices/abc')
  })

  test('leaves the dashboard of whoever runs the server alone', async () => {
    pages = [new Page(true, 'visible')]
    Object.assign(pages[0]!, { url: 'https://kith.example/_/#/collections', answers: false })
    await tap()
    expect([pages[0]!.heard, pages[0]!.focusedNow, pages[0]!.went, opened]).toEqual([[], false, '', ['/notices/abc']])
  })

  test('opens another page where the one there is can’t be led', async () => {
    vi.useFakeTimers()
    pages = [new Page()]
    Object.assign(pages[0]!, { answers: false, navigable: false })
    const tapped = tap()
    await vi.runAllTimersAsync()
    await tapped
    expect(opened).toEqual(['/notices/abc'])
  })
})
