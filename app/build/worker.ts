/**
 * Two small Vite plugins.
 *
 * `worker()` writes the service worker to `/sw.js` after the app is built: it lists what was built with a
 * hash of each file, and compiles `src/sw/sw.ts` with that list inside. The worker's own bytes change
 * exactly when a listed file changes, which is how a browser notices that there is an update. Beside it
 * goes the pack (pack.ts), from which most phones take all of that at once.
 *
 * `cleanOutput()` empties the output folder and leaves `.gitkeep`, so that a checkout always has the folder.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build, type Plugin, type ResolvedConfig } from 'vite'
import { addressOf } from '../src/sw/pack.ts'
import { writePack } from './pack.ts'

/** One file that the worker keeps: its address and the first 16 hex digits of its SHA-256. */
export type Kept = readonly [address: string, hash: string]

/** Lists every file under `folder` as the worker keeps it, in a stable order. `/index.html` is `/`. */
export function listFiles(folder: string): Kept[] {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1).replaceAll('\\', '/'))
    .filter((name) => isKept(name))
    .sort()
  return names.map((name) => {
    const hash = createHash('sha256').update(readFileSync(join(folder, name))).digest('hex').slice(0, 16)
    return [addressOf(name), hash]
  })
}

/** The worker cannot keep itself, nor the pack of what it keeps, and what begins with a dot is not the app's. */
function isKept(name: string): boolean {
  return name !== 'sw.js' && !/\.(map|tar\.gz)$/.test(name) && !name.split('/').some((part) => part.startsWith('.'))
}

/**
 * Large, and most people never need it: kept from the first time it is used. That is the reader of square codes, and
 * what asks Google to reach this phone.
 */
export function isLater([address]: Kept): boolean {
  return address.endsWith('.wasm') || /^\/assets\/(reader\.worker|firebase)-[^/]+\.js$/.test(address)
}

/** Names a version of the app by the hashes of all its files. */
export function versionOf(files: readonly Kept[]): string {
  return createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 12)
}

export function worker(): Plugin {
  let config: ResolvedConfig
  return {
    name: 'kith-worker',
    apply: 'build',
    configResolved(resolved) {
      config = resolved
    },
    async closeBundle() {
      const folder = resolve(config.root, config.build.outDir)
      const listed = listFiles(folder)
      const [files, later, version] = [listed.filter((file) => !isLater(file)), listed.filter(isLater), versionOf(listed)]
      const pack = `/assets/pack-${version}.tar.gz`
      await writePack(folder, files, pack)
      const define = { KITH_FILES: files, KITH_LATER: later, KITH_PACK: pack, KITH_VERSION: version }
      await build({
        configFile: false,
        root: config.root,
        publicDir: false,
        logLevel: 'warn',
        define: Object.fromEntries(Object.entries(define).map(([name, value]) => [name, JSON.stringify(value)])),
        build: {
          outDir: folder,
          emptyOutDir: false,
          target: config.build.target,
          lib: { entry: resolve(config.root, 'src/sw/sw.ts'), formats: ['iife'], name: 'kithWorker', fileName: () => 'sw.js' },
        },
      })
    },
  }
}

export function cleanOutput(): Plugin {
  let folder = ''
  return {
    name: 'kith-clean-output',
    apply: 'build',
    enforce: 'pre',
    configResolved(config) {
      folder = resolve(config.root, config.build.outDir)
    },
    // Only once there is something to put in its place: a build that fails leaves what was served. It runs
    // before Vite copies public/ into the folder, which it does at the same moment.
    renderStart: {
      order: 'pre',
      handler() {
        for (const name of readdirSync(folder)) {
          if (name !== '.gitkeep') rmSync(join(folder, name), { recursive: true })
        }
      },
    },
  }
}
