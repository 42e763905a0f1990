/** Calling off one occurrence, or taking that back, in a schedule. */
import { withChange, type Schedule } from '../calendar'

/** The schedule with the occurrence of that name called off or on; all else as it was. */
export function withCancelled(schedule: Schedule, key: string, cancelled: boolean): Schedule {
  // Without a change a bank holiday would still close it: a change that changes nothing holds it open.
  return withChange(schedule, key, cancelled ? { cancelled } : { cancelled, note: '' })
}
