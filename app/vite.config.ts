import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'
import { resolve } from 'node:path'
import { firstScreen, LATER } from './build/first.ts'
import { cleanOutput, worker } from './build/worker.ts'

export default defineConfig({
  plugins: [svelte(), cleanOutput(), worker()],
  server: { proxy: { '/api': 'http://127.0.0.1:8090' } },
  build: {
    outDir: '../pb_public',
    // Vite would take .gitkeep away with the rest; cleanOutput() leaves it.
    emptyOutDir: false,
    target: 'baseline-widely-available',
    // A data: address for a script or a font would not pass the content security policy.
    assetsInlineLimit: 0,
    // The worker keeps every file: naming what each screen needs beforehand would only make the first visit larger.
    modulePreload: false,
    sourcemap: false,
    // NB! Without what its modules import, and with nothing fetched for its effect alone, or the parts that firstScreen()
    // leaves for later would come along all the same.
    rolldownOptions: {
      treeshake: { moduleSideEffects: [{ test: LATER, sideEffects: false }] },
      output: { codeSplitting: { includeDependenciesRecursively: false, groups: [{ name: firstScreen(resolve(import.meta.dirname, 'src/main.ts')) }] } },
    },
    reportCompressedSize: true,
  },
  test: { include: ['src/**/*.test.ts'], environment: 'node', testTimeout: 60_000 },
})
