/**
 * Saving a concern, and taking one back. Both end on the disk before anything on the screen says so.
 */
import type { Kith } from '../sync'
import { newNonce } from '../sync/ids'
import type { Letterhead } from '../sync/left'
import type { Keys } from './envelope'
import { forget, keep, update, type Kept } from './kept'
import { writeConcern, writeWithdrawal } from './letter'
import type { Letters } from './letters'
import type { By, Draft } from './plain'

const PATH = '/api/concerns'

/** What a concern is written with, beside what the Listener says. */
export interface Desk {
  kith: Pick<Kith, 'letterhead' | 'local'>
  letters: Letters
  keys: Keys
  by: By
  area: string
  /** This phone's clock. */
  now: number
}

/** Seals it and keeps it. Once this resolves it is on the disk; where it throws, nothing was kept. */
export async function saveConcern({ kith, letters, keys, by, area, now }: Desk, draft: Draft): Promise<Kept> {
  const head = await headOf(kith)
  const { id, secret, blob } = await writeConcern(head, keys, draft, by, area, head.now)
  const kept: Kept = { id, secret, letter: newNonce(), at: now, urgent: draft.urgent, tell: draft.tell, state: 'received' }
  // NB! In this order: what is remembered of a letter that isn't there is nothing; a letter that nobody remembers
  // could not be taken back.
  await keep(kith.local, kept, now)
  try {
    await letters.keep(kept.letter, blob, now)
  } catch (error) {
    await forget(kith.local, id, now)
    throw error
  }
  return kept
}

/** Takes one back: from the disk, or if it may have gone, by a letter that follows it. */
export async function takeBack({ kith, letters, now }: Pick<Desk, 'kith' | 'letters' | 'now'>, kept: Kept): Promise<void> {
  const by = { name: newNonce(), blob: await writeWithdrawal(await headOf(kith), kept) }
  const never = await letters.takeBack(kept.letter, by, now)
  if (never) return forget(kith.local, kept.id, now)
  await update(kith.local, now, ({ id }) => (id === kept.id ? { back: true, letter: by.name, at: now } : null))
}

async function headOf(kith: Pick<Kith, 'letterhead'>): Promise<Letterhead> {
  const head = await kith.letterhead(PATH)
  if (!head) throw new Error('nobody has joined here')
  return head
}
