/** Calling off one occurrence, or taking that back, in a schedule. */
import { find, type Item, type Schedule } from '../calendar'

function withChange(item: Item, key: string, cancelled: boolean): Item {
  const others = (item.changes ?? []).filter((change) => change.from !== key)
  const before = (item.changes ?? []).find((change) => change.from === key)
  if (cancelled) return { ...item, changes: [...others, { ...before, from: key, cancelled: true }] }
  // Without a change a bank holiday would still close it: a change that changes nothing holds it open.
  const kept = { ...before, from: key, cancelled: false, note: '' }
  return { ...item, changes: [...others, kept] }
}

/** The schedule with the occurrence of that name called off or on; all else as it was. */
export function withCancelled(schedule: Schedule, key: string, cancelled: boolean): Schedule {
  const owner = schedule.findIndex((item) => find([item], key))
  return schedule.map((item, index) => (index === owner ? withChange(item, key, cancelled) : item))
}
