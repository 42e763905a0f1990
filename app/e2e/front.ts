/**
 * Stands before a town and has files of its own: a phone that comes this way has the app of another release, and asks the
 * town's server for all else.
 */
import { createReadStream, existsSync } from 'node:fs'
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import type { Person, Town } from './town'

const KINDS: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.png': 'image/png', '.wasm': 'application/wasm', '.webmanifest': 'application/manifest+json' }

export class Front {
  readonly #server: Server
  #signal = true

  private constructor(
    private readonly town: Town,
    /** The folder of the app that it serves. */
    public files: string,
  ) {
    this.#server = createServer((asked, answer) => (asked.url!.startsWith('/api/') ? this.#pass(asked, answer) : this.#serve(asked, answer)))
  }

  static async open(town: Town, files: string): Promise<Front> {
    const front = new Front(town, files)
    await new Promise<void>((done) => front.#server.listen(0, '127.0.0.1', done))
    return front
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  link(person: Person): string {
    return this.town.link(person).replace(this.town.url, this.url)
  }

  /** False: nothing gets through to the town, and what is open ends. */
  set signal(signal: boolean) {
    this.#signal = signal
    if (!signal) this.#server.closeAllConnections()
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  #pass(asked: IncomingMessage, answer: ServerResponse): void {
    if (!this.#signal) return void asked.destroy()
    const { method, url: path, headers } = asked
    const onward = request({ host: '127.0.0.1', port: this.town.port, method, path, headers }, (got) => {
      answer.writeHead(got.statusCode!, got.headers)
      got.pipe(answer)
    })
    onward.on('error', () => answer.destroy())
    answer.on('close', () => onward.destroy())
    asked.pipe(onward)
  }

  #serve({ url }: IncomingMessage, answer: ServerResponse): void {
    const { pathname } = new URL(url!, this.url)
    const file = join(this.files, pathname.includes('.') ? pathname : 'index.html')
    if (!existsSync(file)) return void answer.writeHead(404).end()
    answer.writeHead(200, { 'Content-Type': KINDS[extname(file)] ?? 'application/octet-stream', 'Cache-Control': 'no-cache' })
    createReadStream(file).pipe(answer)
  }
}
