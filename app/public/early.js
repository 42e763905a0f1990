// src/sync/env.ts says what for.
;(async () => {
  try {
    const held = await indexedDB.databases()
    if (held.some(({ name }) => name === 'kith')) return
    const path = '/api/sync/public/-/0/0'
    const stop = new AbortController()
    const response = fetch(path, { signal: stop.signal, credentials: 'omit', redirect: 'error' })
    response.catch(() => undefined)
    globalThis.kithEarly = { path, response, stop }
  } catch {
    // see there
  }
})()
