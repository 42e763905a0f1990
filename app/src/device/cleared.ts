/**
 * Noticing that the browser threw our storage away. What it takes is the database, so that somebody has joined here is
 * noted beside it, where it stays: whether, and not who.
 */
import type { Kith } from '../sync'

const MARK = 'kith/joined'

/** True when somebody had joined here, and the storage with what was theirs is gone. From now on keeps the note. */
export function watchCleared(kith: Kith): boolean {
  const note = () => {
    try {
      if (kith.me) localStorage.setItem(MARK, 'yes')
      else localStorage.removeItem(MARK)
    } catch {
      // A browser that keeps nothing has nothing to throw away.
    }
  }
  const cleared = !kith.me && noted()
  if (!cleared) note()
  kith.subscribe((changed) => {
    if (changed.has('@me')) note()
  })
  return cleared
}

function noted(): boolean {
  try {
    return localStorage.getItem(MARK) === 'yes'
  } catch {
    return false
  }
}
