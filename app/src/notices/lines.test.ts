import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Row } from '../sync'
import { route } from '../ui/routes'
import { told, toldOther } from '../words/notices'
import { daysOf, lineOf, linesOf, type Known } from './lines'

const HELD: Record<string, Row[]> = {
  listings: [{ id: 'lunch', title: 'Tuesday lunch' }],
  rewards: [{ id: 'tea', title: 'A cup of tea' }],
  consents: [{ id: 'mine', member: 'maya', helper: 'ruth' }, { id: 'theirs', member: 'ade', helper: 'maya' }],
}
const known = (more: Partial<Known> = {}): Known => ({ rows: (collection) => new Map((HELD[collection] ?? []).map((row) => [row.id, row])), me: 'maya', coordinates: false, ...more })
const notice = (template: string, ref = '', more: object = {}): Row => ({ id: 'n', template, ref, at: '2026-11-26T12:30:00.000Z', read: false, about: '', ...more })
const line = (template: string, ref = '', more: Partial<Known> = {}) => lineOf(notice(template, ref), known(more))

/** What the server can say, from where it is declared. */
const catalogue = readFileSync(resolve(import.meta.dirname, '../../../internal/notice/catalogue.go'), 'utf8')
const templates = [...catalogue.matchAll(/\{Name: "([\w.]+)"/g)].map(([, name]) => name!)

describe('a line of the inbox', () => {
  it('has words and a screen for everything that the server can say, and for nothing else', () => {
    expect(templates.length).toBeGreaterThan(20)
    expect(Object.keys(told).sort()).toEqual([...templates].sort())
    for (const template of templates) expect(route(line(template, 'abc').href).name, template).not.toBe('missing')
  })

  it('names what this phone holds, and is a sentence without it', () => {
    expect(line('visit.new', 'lunch').what).toBe('Somebody would like to come to Tuesday lunch')
    expect(line('visit.new', 'other').what).toBe('Somebody would like to come to your group')
    expect([line('listing.off', 'lunch').what, line('reward.reached', 'tea').what]).toEqual(['Tuesday lunch is not on', 'There are enough stamps for this: A cup of tea'])
  })

  it('says nothing of a concern but that there is one, whatever the phone holds', () => {
    for (const template of templates.filter((one) => one.startsWith('concern') || one === 'note.new')) {
      expect(line(template, 'lunch').what, template).toBe(told[template]!.what)
    }
  })

  it('knows of which only the hour is kept, as the server does', () => {
    const hourly = [...catalogue.matchAll(/\{Name: "([\w.]+)".*Hourly: true/g)].map(([, name]) => name)
    expect(templates.filter((one) => line(one).hourly)).toEqual(hourly)
  })

  it('leads to the screen where it can be done', () => {
    expect([line('listing.changed', 'lunch').href, line('concern.urgent', 'c1').href, line('concern.idle').href]).toEqual(['/l/lunch', '/concerns/c1', '/concerns'])
    expect([line('device.pending', 'd').href, line('device.pending', 'd', { coordinates: true }).href]).toEqual(['/shop', '/desk/devices'])
    expect([line('review.new', 's').href, line('review.new', 's', { coordinates: true }).href]).toEqual(['/shop', '/desk/scheme/reviews'])
  })

  it('leads to a group’s buddies, to one’s own, or to the day on which one comes: by what this phone holds', () => {
    const HERE: Record<string, Row[]> = { buddies: [{ id: 'offer', listing: 'lunch' }], pairings: [{ id: 'pair', listing: 'lunch' }], calls: [{ id: 'call', listing: 'lunch' }], hosts: [{ id: 'h', listing: 'lunch' }] }
    const href = (template: string, ref: string, here = HERE) => line(template, ref, { rows: (collection) => new Map((here[collection] ?? []).map((row) => [row.id, row])) }).href
    expect([href('buddy.offered', 'offer'), href('call.unanswered', 'call'), href('call.unanswered', 'gone')]).toEqual(['/buddies/lunch', '/buddies/lunch', '/buddies'])
    expect([href('pairing.asked', 'pair'), href('call.due', 'call'), href('pairing.open', 'pair'), href('pairing.open', 'gone')]).toEqual(['/buddies', '/ring/call', '/l/lunch/come', '/plans'])
    expect([href('pairing.over', 'lunch'), href('pairing.over', 'lunch', { ...HERE, hosts: [] }), href('pairing.over', 'chess')]).toEqual(['/buddies/lunch', '/buddies', '/l/chess'])
  })

  it('leads to a circle, to the day of one’s own turn, or to an ask: by what this phone holds', () => {
    const HERE: Record<string, Row[]> = {
      turns: [{ id: 'turn', circle: 'mrsa' }], swaps: [{ id: 'swap', circle: 'mrsa' }], circleHelpers: [{ id: 'helper', circle: 'mrsa' }], replies: [{ id: 'reply', ask: 'milk' }],
      messages: [{ id: 'm1', about: 'helper', day: '2026-11-25' }, { id: 'm2', about: 'reply', day: '2026-11-26' }],
    }
    const rows = (collection: string) => new Map((HERE[collection] ?? []).map((row) => [row.id, row]))
    const href = (template: string, ref = '') => line(template, ref, { rows }).href
    expect([href('turn.open', 'turn'), href('turn.noAnswer', 'turn'), href('turn.open', 'gone'), href('circle.over')]).toEqual(['/circles/mrsa', '/circles/mrsa', '/circles', '/circles'])
    expect([href('turn.tomorrow', 'turn'), href('turn.yours', 'turn'), href('turn.moved', 'turn')]).toEqual(['/day/turn', '/day/turn', '/day/turn'])
    expect([href('circle.asked', 'helper'), href('swap.asked', 'swap'), href('swap.no', 'turn')]).toEqual(['/circles/mrsa/people', '/circles/mrsa', '/circles/mrsa'])
    expect([href('circle.yours', 'mrsa'), href('circle.nobody', 'joe')]).toEqual(['/circles/mrsa/people', '/desk/people/joe'])
    expect([href('ask.reply', 'milk'), href('reply.chosen', 'reply'), href('reply.over', 'milk'), href('message.new')]).toEqual(['/asks/milk', '/asks/milk', '/asks/milk', '/asks/milk'])
    HERE.messages!.pop()
    expect(href('message.new')).toBe('/circles/mrsa')
  })

  it('names nobody of whom it is about, and not why', () => {
    for (const template of templates.filter((one) => /^(pairing|buddy|call|circle|turn|swap|ask|reply|message)/.test(one))) {
      expect(line(template, 'lunch').what, template).toBe(told[template]!.what)
      expect(told[template]!.what, template).not.toMatch(/miss|didn|come to|absent/i)
    }
  })

  it('speaks to who is helped and to who helps, each of their side', () => {
    expect([line('acting.began', 'mine').href, line('acting.began', 'theirs').href]).toEqual(['/you/helpers', '/you/helping'])
    expect([line('acting.began', 'mine').what, line('acting.began', 'theirs').what]).toEqual(['Somebody can do things for you now', 'You can do things for somebody now'])
  })

  it('of what this version doesn’t know says so, and leads nowhere', () => {
    for (const name of ['circle.flown', 'constructor']) expect(line(name, 'x')).toMatchObject({ what: toldOther.what, href: '' })
  })
})

describe('the list', () => {
  it('has the newest first, by the days of the community', () => {
    const rows = [notice('trial', '', { id: 'a', at: '2026-11-24T23:30:00.000Z' }), notice('trial', '', { id: 'c', at: '2026-11-26T00:10:00.000Z' }), notice('trial', '', { id: 'b', at: '2026-11-26T00:10:00.000Z' })]
    const days = daysOf(linesOf(rows, known()), 'Europe/Paris')
    expect(days.map(([day, lines]) => [day, lines.map(({ id }) => id)])).toEqual([['2026-11-26', ['b', 'c']], ['2026-11-25', ['a']]])
  })
})
