/** What the page hears from the reader's worker: `ready` or `failed` once; then, for each picture, what it holds, '' for nothing. */
export type Heard = { kind: 'ready' } | { kind: 'failed' } | { kind: 'read'; text: string }
