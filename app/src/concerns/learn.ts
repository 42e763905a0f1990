/**
 * The keys of the community as this device knows them: read from its row, checked, and remembered.
 */
import type { Row } from '../sync'
import { readBundle, type Bundle, type Refused } from './bundle'
import { Letters } from './letters'

/** Why there are none, or the keys. A browser that keeps nothing can't know a signing key again, and so has none. */
export async function learnKeys(community: Row | undefined): Promise<Bundle | Refused> {
  const text = String(community?.keys ?? '')
  if (!community || text === '') return 'none'
  const kept = new Letters()
  try {
    const read = await readBundle(text, community.id, await kept.trust(community.id))
    if (typeof read === 'string') return read
    return (await kept.remember(read.trust)).signer === read.trust.signer ? read : 'other_signer'
  } catch {
    return 'invalid'
  }
}
