/**
 * The queue as it lies on disk.
 */
import { newNonce } from './ids'
import { byNumber, JOURNAL_COMMANDS, JOURNAL_DAYS, newQueue, type Confirmed, type Queue, type Saved, type Stream } from './queue'
import type { Txn } from './store'

const DAY_MS = 86_400_000

/** The stream; a new one where there is none, also when the browser has thrown our storage away meanwhile. */
export async function loadStream(txn: Txn): Promise<Stream> {
  return { id: newNonce(), next: 1, offset: 0, told: 0, ...((await txn.get('meta', 'stream')) as Stream | undefined) }
}

export async function loadQueue(txn: Txn): Promise<Queue> {
  const stream = await loadStream(txn)
  const saved = (await txn.all('outbox')).map(([, entry]) => entry as Saved)
  return newQueue(stream, saved)
}

/** Writes what the rules changed. */
export async function saveQueue(txn: Txn, queue: Queue): Promise<void> {
  await txn.put('meta', 'stream', queue.stream)
  for (const nonce of queue.removed) await txn.delete('outbox', nonce)
  for (const nonce of queue.touched) {
    const entry = queue.entries.get(nonce)
    if (entry) await txn.put('outbox', nonce, entry)
  }
  if (queue.confirmed.length > 0) await writeJournal(txn, queue.confirmed, queue.stream.told)
}

async function writeJournal(txn: Txn, confirmed: readonly Saved[], now: number): Promise<void> {
  for (const command of confirmed) await txn.add('journal', { command, at: now } satisfies Confirmed)
  const all = await txn.all('journal')
  const tooMany = all.length - JOURNAL_COMMANDS
  for (const [i, [key, record]] of all.entries()) {
    if (i < tooMany || (record as Confirmed).at < now - JOURNAL_DAYS * DAY_MS) await txn.delete('journal', key)
  }
}

/** Takes the journal off the disk and answers its commands, oldest first. */
export async function takeJournal(txn: Txn): Promise<Saved[]> {
  const all = await txn.all('journal')
  for (const [key] of all) await txn.delete('journal', key)
  return all.map(([, record]) => (record as Confirmed).command)
}

/** The queue's entries in the order in which memory keeps them. */
export function inOrder(queue: Queue): Map<string, Saved> {
  return new Map([...queue.entries.values()].sort(byNumber).map((entry) => [entry.nonce, entry]))
}
