/**
 * The page's side, with a browser whose installs break off as they would where a signal comes and goes.
 */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { register } from './bridge'

class FakeWorker extends EventTarget {
  state = 'installing'
  settle(state: string) {
    this.state = state
    this.dispatchEvent(new Event('statechange'))
  }
}

class FakeRegistration extends EventTarget {
  waiting = null
  active: FakeWorker | null = null
  installing: FakeWorker | null = new FakeWorker()
}

/** What each asking for the worker comes to. */
let answers: (FakeRegistration | Error)[]
let asked: number

beforeEach(() => {
  vi.useFakeTimers()
  asked = 0
  const page = new EventTarget()
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page))
  vi.stubGlobal('dispatchEvent', page.dispatchEvent.bind(page))
  vi.stubGlobal('document', new EventTarget())
  const workers = Object.assign(new EventTarget(), {
    controller: null,
    ready: new Promise(() => undefined),
    register: async () => {
      const answer = answers[asked++]
      if (answer instanceof Error) throw answer
      return answer
    },
  })
  vi.stubGlobal('navigator', { serviceWorker: workers })
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

const turn = () => vi.advanceTimersByTimeAsync(0)

test('a first install that breaks off begins again: after a while, and at once when the signal is back', async () => {
  const broken = new FakeRegistration()
  const whole = new FakeRegistration()
  answers = [new TypeError('sw.js did not come'), broken, whole]
  const bridge = register(() => undefined)
  await turn()
  expect(asked).toBe(1)
  await vi.advanceTimersByTimeAsync(30_000)
  expect(asked, 'after a while').toBe(2)
  broken.installing!.settle('redundant')
  await turn()
  expect(asked, 'not at once, in a circle').toBe(2)
  dispatchEvent(new Event('online'))
  await turn()
  expect(asked, 'the signal is back').toBe(3)
  whole.installing!.settle('installed')
  expect(await bridge).not.toBeNull()
  await vi.advanceTimersByTimeAsync(120_000)
  expect(asked).toBe(3)
})

test('a browser that lets no worker in is not asked again', async () => {
  answers = [new DOMException('not here', 'SecurityError')]
  expect(await register(() => undefined)).toBeNull()
  await vi.advanceTimersByTimeAsync(120_000)
  expect(asked).toBe(1)
})

test('a worker that is there already is taken as it is, while a newer one comes', async () => {
  const standing = new FakeRegistration()
  standing.active = new FakeWorker()
  answers = [standing]
  expect(await register(() => undefined)).not.toBeNull()
})
