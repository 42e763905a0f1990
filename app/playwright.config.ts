import { defineConfig } from '@playwright/test'
import { LEAN, WITHOUT } from './e2e/browsers'

/**
 * Browser tests against the real server: each test opens its own binary on a free port with its own data
 * folder (e2e/town.ts). `KITH_BIN` names the binary, `../kith` if it is not set.
 */
export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  fullyParallel: true,
  workers: 2,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: [['list'], ['./e2e/evidence.ts']],
  use: {
    browserName: 'chromium',
    viewport: { width: 390, height: 844 },
    locale: 'en-GB',
    timezoneId: 'Europe/London',
    actionTimeout: 60_000,
    navigationTimeout: 60_000,
    trace: 'off', // NB! it takes as long as the tests: --trace on, for one that fails
    launchOptions: {
      executablePath: LEAN,
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', `--disable-features=${WITHOUT.join(',')}`],
    },
  },
})
