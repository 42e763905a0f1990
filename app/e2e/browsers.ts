/** Which browser a test runs in. `CHROMIUM` names another for all of them. */
import { existsSync } from 'node:fs'

/**
 * The whole of Chromium. NB! Always for a test that searches a profile on disk, and for the films of a camera: a shell
 * keeps no history, no sessions and no pictures of pages, so there would be less to find what was left behind in.
 */
export const WHOLE = process.env.CHROMIUM ?? '/usr/bin/chromium'

const SHELL = '/usr/bin/chromium-headless-shell'

/** For all others, where there is one (scripts/tools): the same pages, scripts and workers, and no windows to paint. */
export const LEAN = process.env.CHROMIUM ?? (existsSync(SHELL) ? SHELL : WHOLE)

/**
 * What Chromium leaves out. NB! This list takes the place of Playwright's own, so that stands here first; then the
 * pages that a window's frame is made of, and a process kept ready for the next page: a fifth of what a test takes.
 */
export const WITHOUT = [
  ...['AvoidUnnecessaryBeforeUnloadCheckSync', 'DestroyProfileOnBrowserClose', 'HttpsUpgrades', 'HttpsFirstBalancedModeAutoEnable', 'LensOverlay', 'MediaRouter', 'PaintHolding'],
  ...['ThirdPartyStoragePartitioning', 'AvoidCorsURLLoaderRestartOnRedirect', 'OptimizationHints', 'NetworkTimeServiceQuerying', 'AimEnabled', 'PreconnectToSearch'],
  ...['InitialWebUI', 'WebUIToolbar', 'WebUIReloadButton', 'WebUILocationBar', 'WebUIOmniboxPopup', 'WebUIOmniboxAimPopup', 'WebUIOmniboxFullPopup', 'PreloadTopChromeWebUI', 'SpareRendererForSitePerProcess'],
]
