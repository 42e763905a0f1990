/** When listings take place: schedules in, occurrences out. */
export { withChange } from './change'
export { bankHolidayNames } from './holidays'
export { find, loadLibrary, needsLibrary, occurrences } from './occurrences'
export type { Change, Item, Occurrence, Schedule } from './types'
export { zoneNamed } from './zone'
