/** Where somebody helps: turns of circles that are theirs, and small asks for which they were chosen; the next first. */
import { boardOf, partOf, type Held as Board } from '../asks/asks'
import { ownTurns, type Turn } from '../circles/day/day'
import type { Held } from '../circles/rota'
import type { Entry, Row } from '../sync'
import { clockRange, DAY_MS, dayOf, midnight, nearDayWords } from '../ui/dates'
import { asks } from '../words/asks'
import { day } from '../words/circleday'
import { circles } from '../words/circles'
import { errandOf } from '../words/errands'

/** One thing that somebody has said yes to. */
export interface Help {
  id: string
  /** Its page. */
  href: string
  when: string
  what: string
  /** The way there, or the words of who asks. */
  more: string
  /** A yes that is on this phone alone. */
  waits: boolean
}

interface Facts {
  turns: Held
  board: Board
  /** They are those of whom this person acts for: where such a turn goes is on no page of theirs. */
  acting: boolean
  outbox: readonly Entry[]
  now: number
  zone: string
}

/** What has no hour stands in its day where it may begin. */
const BEGINS: Record<string, number> = { any: 0, morning: 6 / 24, afternoon: 12 / 24, evening: 17 / 24 }

export function helpingOf({ turns, board, acting, outbox, now, zone }: Facts): Help[] {
  const today = dayOf(now, zone)
  const waiting = outbox.filter(({ name, state }) => /^turns\.(take|every|assign)$/.test(name) && (state === 'waiting' || state === 'sending'))
  const ofTurn = ({ id, circle, slot, occurrence, when, kind, person, start, end }: Turn): [number, Help] => {
    const { start: from, end: until } = when!
    const waits = waiting.some(({ args }) => args.slot === slot && (args.occurrence ?? occurrence) === occurrence)
    return [from, { id, href: acting ? `/circles/${circle}` : `/day/${id}`, when: `${nearDayWords(dayOf(from, zone), today)}, ${clockRange(from, until, zone)}`, what: day.lead(errandOf(kind).name, person), more: circles.one.fromTo(start, end), waits }]
  }
  const ofAsk = (ask: Row): [number, Help] => {
    const part = partOf(ask)
    const more = ask.words ? asks.says(ask.words) : ''
    return [
      midnight(ask.day, zone) + BEGINS[part]! * DAY_MS,
      { id: ask.id, href: `/asks/${ask.id}`, when: asks.when(nearDayWords(ask.day, today), asks.parts[part]), what: day.lead(errandOf(ask.kind).name, String(ask.firstName || asks.somebody)), more, waits: false },
    ]
  }
  const chosen = boardOf(board, today).replied.filter(({ reply }) => reply.status === 'chosen')
  const all = [...ownTurns(turns, now).map(ofTurn), ...chosen.map(({ ask }) => ofAsk(ask))]
  return all.sort(([a, one], [b, other]) => a - b || (one.id < other.id ? -1 : 1)).map(([, help]) => help)
}
