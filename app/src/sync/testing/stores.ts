/**
 * The disks that an engine may stand on: nothing sealed, sealed with the key beside (a personal phone), sealed with
 * a key that is given (a shared device). What holds over one must hold over all.
 */
import { GuardedStore } from '../guarded'
import { openStore, type Store } from '../store'

export const KINDS = ['in the clear', 'sealed', 'shared'] as const
export type Kind = (typeof KINDS)[number]

/** The key of every shared test device: the same for the same name, so that it can be opened again. */
export const TEST_KEY = new Uint8Array(32).map((_, i) => i * 7)

/** Opens the disk `name`. */
export async function openKind(kind: Kind, name: string): Promise<Store> {
  return over(kind, await openStore(`${kind} ${name}`))
}

/** A store of that kind on a disk; two of them are two tabs. */
export async function over(kind: Kind, disk: Store): Promise<Store> {
  if (kind === 'in the clear') return disk
  return GuardedStore.open(disk, kind === 'shared' ? TEST_KEY : undefined)
}
