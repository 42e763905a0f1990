import { expect, it } from 'vitest'
import { library } from './library'
import { readRule, ruleFor } from './rule'
import { DAY } from './zone'

/** A small generator (mulberry32), so that a failure comes back with its seed. */
function random(seed: number) {
  return (below: number) => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below)
  }
}

type Random = ReturnType<typeof random>

const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']

function someDays(pick: Random, prefix: () => string): string {
  const some = WEEKDAYS.filter(() => pick(3) === 0)
  return (some.length ? some : [WEEKDAYS[pick(7)]!]).map((day) => prefix() + day).join(',')
}

const KINDS = ['DAILY', 'WEEKLY', 'WEEKLY', 'MONTHLY', 'YEARLY', 'DATES', 'DATES'] as const

const some = (pick: Random, most: number, from: () => number) => Array.from({ length: 1 + pick(most) }, from).join(',')

/** The day, the date and the month: what tells the kinds of rule apart. */
function daysOf(pick: Random, kind: (typeof KINDS)[number], freq: string): string[] {
  const every = freq === 'YEARLY' && pick(3) === 0
  const nth = () => (every ? '' : ['1', '2', '3', '4', '5', '-1', '-2', '-5', '+1'][pick(9)]!)
  const month = () => `BYMONTH=${some(pick, 4, () => 1 + pick(12))}`
  const date = () => `BYMONTHDAY=${some(pick, 3, () => (1 + pick(31)) * (pick(4) ? 1 : -1))}`
  const months = pick(4) === 0 ? [month()] : []
  if (kind === 'DATES') return [...(pick(4) ? [date()] : []), ...(pick(4) ? [] : [`BYDAY=${someDays(pick, () => '')}`]), ...(pick(2) ? [month()] : [])]
  if (freq === 'YEARLY') return [`BYDAY=${someDays(pick, nth)}`, month()]
  if (freq === 'MONTHLY') return [`BYDAY=${someDays(pick, nth)}`, ...months]
  return [...(pick(4) ? [`BYDAY=${someDays(pick, () => '')}`] : []), ...months]
}

function plainRule(pick: Random, start: number): string {
  const kind = KINDS[pick(KINDS.length)]!
  const freq = kind === 'DATES' ? ['DAILY', 'MONTHLY', 'YEARLY'][pick(3)]! : kind
  const parts = [`FREQ=${freq}`, ...daysOf(pick, kind, freq)]
  if (pick(2)) parts.push(`INTERVAL=${1 + pick(freq === 'YEARLY' ? 3 : 6)}`)
  if (pick(3) === 0) parts.push(`WKST=${WEEKDAYS[pick(7)]}`)
  if (freq !== 'YEARLY' && pick(3) === 0) parts.push(`COUNT=${1 + pick(40)}`)
  else if (pick(3) === 0) {
    const until = new Date(start + pick(900) * DAY).toISOString().replace(/[-:]|\.000Z/g, '')
    parts.push(`UNTIL=${pick(2) ? until : until.slice(0, 8)}`)
  }
  return parts.join(';')
}

it('counts days as the library does, for 3,000 plain rules', () => {
  let starts = 0
  for (let seed = 1; seed <= 3_000; seed++) {
    const pick = random(seed)
    const start = Date.UTC(1990 + pick(50), pick(12), 1 + pick(31), pick(24), pick(60))
    const parts = readRule(plainRule(pick, start))
    const about = `seed ${seed}: ${[...parts.fields].join(' ')}, from ${new Date(start).toISOString()}`
    expect(parts.plain, about).toBe(true)
    const [ours, theirs] = [ruleFor(parts, start, undefined)!, library(parts, start)!]
    const first = start + (pick(700) - 100) * DAY
    const last = first + pick(400) * DAY
    const walked = [ours, theirs].map((rule) => {
      const found: number[] = []
      rule.walk(first, last, (wall) => found.push(wall) > 0)
      return found
    })
    expect(walked[0], about).toEqual(walked[1])
    starts += walked[0]!.length
    const wall = walked[0]![0] ?? first
    expect([wall, wall + DAY, wall + 60_000].map(ours.comes), about).toEqual([wall, wall + DAY, wall + 60_000].map(theirs.comes))
  }
  expect(starts).toBeGreaterThan(10_000)
}, 60_000)
