/** What differs about one occurrence, put into a schedule. */
import { find } from './occurrences'
import type { Change, Item, Schedule } from './types'

function withItem(item: Item, key: string, what: Partial<Change>): Item {
  const before = (item.changes ?? []).find((change) => change.from === key)
  return { ...item, changes: [...(item.changes ?? []).filter((change) => change.from !== key), { ...before, ...what, from: key }] }
}

/** The schedule with `what` said of the occurrence of that name; all else as it was. */
export function withChange(schedule: Schedule, key: string, what: Partial<Change>): Schedule {
  const owner = schedule.findIndex((item) => find([item], key))
  return schedule.map((item, index) => (index === owner ? withItem(item, key, what) : item))
}
