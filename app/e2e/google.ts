/**
 * Google, as far as a phone and the server meet it: the fake that Go's tests use too takes the server's messages, and a
 * page's two hosts are answered here. Everything that either is sent is kept, byte for byte.
 */
import { expect, type BrowserContext, type CDPSession, type Page, type Request } from '@playwright/test'
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const INSTALLATIONS = 'https://firebaseinstallations.googleapis.com'
const REGISTRATIONS = 'https://fcmregistrations.googleapis.com'
const DAY_S = 86_400

/** A message of the server's as it left. */
interface Left {
  status: number
  body: string
}

export class Google {
  #process: ChildProcess | undefined
  readonly folder = mkdtempSync(join(tmpdir(), 'kith-google-'))
  url = ''
  /** What the server has sent. */
  readonly left: Left[] = []

  static async open(): Promise<Google> {
    const google = new Google()
    const fake = join(google.folder, 'fake')
    execFileSync('go', ['build', '-o', fake, './internal/push/fake/serve'], { cwd: resolve('..'), stdio: 'inherit' })
    await google.#start(fake)
    return google
  }

  /** What the server is started with. */
  get env(): Record<string, string> {
    return { KITH_FCM: join(this.folder, 'service.json'), KITH_FCM_WEB: join(this.folder, 'web.json'), KITH_FCM_ENDPOINT: this.url }
  }

  /** The data of each message, as a phone gets it. */
  get sent(): { v: string; n: string; k: string }[] {
    return this.left.map(({ body }) => JSON.parse(body).message.data)
  }

  close(): void {
    this.#process?.kill('SIGKILL')
    rmSync(this.folder, { recursive: true, force: true })
  }

  async #start(fake: string): Promise<void> {
    const child = spawn(fake, ['-http', '127.0.0.1:0', '-dir', this.folder], { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#process = child
    let rest = ''
    await new Promise<void>((ready, failed) => {
      child.stdout.on('data', (bytes: Buffer) => {
        const lines = (rest + bytes.toString()).split('\n')
        rest = lines.pop()!
        for (const line of lines) {
          const found = /^FCM fake at (\S+)/.exec(line)
          if (found) ready(void (this.url = found[1]!))
          else this.left.push(JSON.parse(line))
        }
      })
      child.on('exit', (code) => failed(new Error(`the fake ended with ${code}`)))
    })
  }
}

export interface Asked {
  method: string
  url: string
  body: string
  headers: Record<string, string>
}

/** How a page's Google behaves: it answers, refuses each request, or the browser's own service says no or nothing. */
export type Weather = 'fine' | 'refuses' | 'cut' | 'no service' | 'silent'

/**
 * Lets the pages of a context meet a Google. A browser of tests has no service to subscribe at, so that is what stands
 * in for it; everything after it is Firebase's own code. Answers what Google's hosts were sent, and which of our files
 * of Firebase were loaded.
 */
export async function withGoogle(context: BrowserContext, origin: string, weather: Weather = 'fine'): Promise<{ asked: Asked[]; loaded: string[] }> {
  const asked: Asked[] = []
  const loaded: string[] = []
  const answer = answers()
  await context.grantPermissions(['notifications'], { origin })
  if (weather !== 'no service') await context.addInitScript(standIn, weather === 'silent')
  context.on('request', (request) => /\/assets\/firebase-/.test(request.url()) && loaded.push(request.url()))
  await context.route(/googleapis\.com/, async (route) => {
    const request = route.request()
    asked.push({ method: request.method(), url: request.url(), body: request.postData() ?? '', headers: request.headers() })
    if (weather === 'cut') return route.abort('connectionrefused')
    const cors = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*', 'access-control-allow-methods': '*' }
    if (weather === 'refuses') return route.fulfill({ status: 403, headers: cors, json: { error: { code: 403, status: 'PERMISSION_DENIED', message: 'no' } } })
    return route.fulfill({ status: 200, headers: cors, json: answer(request) })
  })
  return { asked, loaded }
}

/** As Google's hosts answer, by the code of Firebase that reads it. */
function answers(): (request: Request) => object {
  // Whose installation it is stands in a header, sealed; a phone has one, and it is the last that was made.
  let fid = ''
  const token = { token: 'an.auth.token', expiresIn: `${7 * DAY_S}s` }
  return (request) => {
    const url = request.url()
    if (request.method() !== 'POST') return {}
    if (url.startsWith(REGISTRATIONS)) return { name: `projects/kith-fake/registrations/${fid}` }
    if (url.startsWith(INSTALLATIONS) && url.endsWith(':generate')) return token
    fid = request.postDataJSON().fid
    return { fid, refreshToken: 'a-refresh-token', authToken: token }
  }
}

/** In the page: a service to subscribe at. What it keeps outlives the page, as a browser's does. */
function standIn(silent: boolean): void {
  const KEY = 'e2e/subscribed'
  const bytes = (text: string) => new TextEncoder().encode(text).buffer
  const subscription = () => ({
    endpoint: localStorage.getItem(KEY),
    getKey: (name: string) => bytes(`key ${name}`),
    unsubscribe: async () => (localStorage.removeItem(KEY), true),
  })
  if (!('PushManager' in globalThis)) return
  const manager = PushManager.prototype as unknown as Record<string, unknown>
  manager.getSubscription = async () => (localStorage.getItem(KEY) ? subscription() : null)
  manager.subscribe = async (options: PushSubscriptionOptionsInit) => {
    if (silent) return new Promise(() => undefined)
    if (options.userVisibleOnly !== true) throw new DOMException('only what is shown', 'NotAllowedError')
    localStorage.setItem(KEY, `https://push.example/${crypto.randomUUID()}`)
    return subscription()
  }
}

/** A phone that Google can reach: what comes is delivered by the browser itself. */
export class Reached {
  private constructor(
    private readonly cdp: CDPSession,
    private readonly origin: string,
    private readonly registrationId: string,
    private readonly page: Page,
  ) {}

  static async open(page: Page): Promise<Reached> {
    const cdp = await page.context().newCDPSession(page)
    const found = new Promise<string>((known) => {
      cdp.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
        const [one] = registrations.filter(({ isDeleted }) => !isDeleted)
        if (one) known(one.registrationId)
      })
    })
    await cdp.send('ServiceWorker.enable')
    return new Reached(cdp, new URL(page.url()).origin, await found, page)
  }

  /** Delivers a message as Google's service does: what the server sent, among Google's own words. */
  async deliver(data: unknown): Promise<void> {
    await this.deliverText(JSON.stringify({ from: '100000000001', fcmMessageId: '1', priority: 'normal', data }))
  }

  async deliverText(text: string): Promise<void> {
    await this.cdp.send('ServiceWorker.deliverPushMessage', { origin: this.origin, registrationId: this.registrationId, data: text })
  }

  /** What is shown now; as the app asks for it (app/src/notices/showing.ts). */
  shown(): Promise<{ title: string; body: string; tag: string; n: string; silent: boolean }[]> {
    return this.page.evaluate(async () => {
      const all = await navigator.locks.request('kith-showing', async () => (await navigator.serviceWorker.getRegistration())?.getNotifications() ?? [])
      return all.map(({ title, body, tag, data, silent }) => ({ title, body, tag, n: data?.n, silent: silent === true }))
    })
  }

  /**
   * Taps what is shown with this tag. NB! No protocol taps a notification: the worker's own handler is given the event
   * that a tap makes, so that what it may do to windows only because somebody tapped is refused here, and it is seen to
   * manage without.
   */
  async tap(tag: string): Promise<void> {
    const [worker] = this.page.context().serviceWorkers().filter((one) => one.url().startsWith(this.origin))
    await worker!.evaluate(async (tag) => {
      const { registration } = self as unknown as ServiceWorkerGlobalScope
      const [notification] = await registration.getNotifications({ tag })
      const event = new NotificationEvent('notificationclick', { notification: notification! })
      const work: Promise<unknown>[] = []
      Object.defineProperty(event, 'waitUntil', { value: (promise: Promise<unknown>) => work.push(promise) })
      self.dispatchEvent(event)
      await Promise.all(work)
    }, tag)
  }
}

/** Waits until exactly these are shown, by their notice. */
export async function showsOnly(phone: Reached, ...notices: string[]): Promise<void> {
  await expect.poll(async () => (await phone.shown()).map(({ n }) => n)).toEqual(notices)
}
