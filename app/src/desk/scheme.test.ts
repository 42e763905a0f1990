import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { BOUNDS, changed, changedIn, columnsOf, evenly, monthsOf, netOf, NUMBERS, owedOf, penceOf, rewardOf, settingsOf, settlementsCsv, sumOf, wrongIn, wrongInReward, type Reward } from './scheme'

describe('what the community has set', () => {
  it('is whole, whatever its row has', () => {
    expect(settingsOf(undefined)).toMatchObject({ stampsPerDay: 2, minutesApart: 30, offlinePence: 500, cardDays: 90 })
    expect(settingsOf({ id: 'c', scheme: { stampsPerDay: 4, minutesApart: 'often', more: 1 } })).toMatchObject({ stampsPerDay: 4, minutesApart: 30 })
  })

  it('lies within its bounds, by default too, and is told where it doesn’t', () => {
    expect(wrongIn(settingsOf(undefined))).toEqual([])
    for (const name of NUMBERS) {
      const [least, most] = BOUNDS[name]
      for (const value of [least - 1, most + 1, 2.5, Number.NaN]) expect(wrongIn({ ...settingsOf(undefined), [name]: value }), `${name} ${value}`).toEqual([{ field: name, why: 'bounds' }])
      for (const value of [least, most]) {
        const alone = wrongIn({ ...settingsOf(undefined), stampsPerDay: 5, printedPerDay: 1, [name]: value })
        expect(alone, `${name} ${value}`).toEqual([])
      }
    }
    expect(wrongIn({ ...settingsOf(undefined), stampsPerDay: 2, printedPerDay: 3 })).toEqual([{ field: 'printedPerDay', why: 'paper' }])
    expect(wrongIn({ ...settingsOf(undefined), cardDays: 91 })).toEqual([{ field: 'cardDays', why: 'step' }])
  })

  it('has the bounds and the defaults of the server', () => {
    const go = readFileSync(resolve('../internal/ledger/rules.go'), 'utf8')
    const bounds = Object.fromEntries(Array.from(go.matchAll(/"(\w+)": +\{&r\.\w+, (\d+), (\d+),/g), ([, name, least, most]) => [name, [Number(least), Number(most)]]))
    expect(bounds).toEqual(BOUNDS)
    const defaults = /return Rules\{([^}]+)\}/.exec(go)![1]!.matchAll(/(\w)(\w+): (\d+)/g)
    expect(Object.fromEntries(Array.from(defaults, ([, first, rest, value]) => [first!.toLowerCase() + rest, Number(value)]))).toEqual(settingsOf(undefined))
  })

  it('is sent as far as it differs', () => {
    const before = settingsOf(undefined)
    expect(changed(before, { ...before, undoMinutes: 5 })).toEqual({ undoMinutes: 5 })
    expect(changed(before, { ...before })).toEqual({})
  })
})

describe('a reward', () => {
  const form: Reward = { title: 'A pot of tea', text: '', stamps: '8', worth: '£2.50', shares: { a: '60', b: '40', c: '' } }
  const why = (change: Partial<Reward>) => wrongInReward({ ...form, ...change }).map(({ field, why }) => `${field} ${why}`)

  it('is paid for to a hundred, by whole parts', () => {
    expect(why({})).toEqual([])
    expect(why({ shares: { a: '100', b: '0', c: ' ' } })).toEqual([])
    expect(why({ shares: { a: '60', b: '39' } })).toEqual(['shares sum'])
    expect(why({ shares: { a: '60.5', b: '39.5' } })).toEqual(['shares whole'])
    expect(why({ shares: { a: '110', b: '-10' } })).toEqual(['shares whole'])
    expect(why({ shares: {} })).toEqual(['shares sum'])
    expect(why({ shares: { a: 'half', b: '50' } })).toEqual(['shares whole'])
    expect(why({ shares: evenly(Array.from({ length: 21 }, (_, at) => `s${at}`)) })).toEqual(['shares many'])
  })

  it('is paid for evenly to a hundred, however many shops there are', () => {
    for (let count = 1; count <= 20; count++) expect(sumOf(evenly(Array.from({ length: count }, (_, at) => `s${at}`)))).toBe(100)
    expect(evenly(['a', 'b', 'c'])).toEqual({ a: '34', b: '33', c: '33' })
  })

  it('has a name, stamps to collect and a worth', () => {
    expect(why({ title: ' ', text: 'x'.repeat(301), stamps: '0', worth: 'two' })).toEqual(['title title', 'text text', 'stamps stamps', 'worth worth'])
    expect([why({ stamps: '' }), why({ stamps: '101' }), why({ worth: '50.01' })]).toEqual([['stamps stamps'], ['stamps stamps'], ['worth worth']])
    expect(['5', '£2.50', ' 3.05 ', '0', '2.5', '-1', '1,50', ''].map(penceOf)).toEqual([500, 250, 305, 0, NaN, NaN, NaN, NaN])
  })

  it('is sent as far as it differs, and reads the same afterwards', () => {
    const columns = columnsOf(form)
    expect(columns).toEqual({ title: 'A pot of tea', text: '', stamps: 8, pence: 250, shops: [{ shop: 'a', share: 60 }, { shop: 'b', share: 40 }] })
    const row = { id: 'r', ...columns, status: 'active' }
    expect(columnsOf(rewardOf(row))).toEqual(columns)
    expect(changedIn(row, columns)).toEqual({})
    expect(changedIn(row, columnsOf({ ...form, stamps: '10' }))).toEqual({ stamps: 10 })
    expect(changedIn(row, columnsOf({ ...form, shares: { a: '0', b: '100', c: '' } }))).toEqual({ shops: [{ shop: 'a', share: 0 }, { shop: 'b', share: 100 }] })
  })
})

describe('what shops owe each other', () => {
  const names = { shop: (id: string) => ({ a: 'The Patient Teapot', b: '=Mended Chair' })[id] ?? 'A shop that has left', reward: () => 'A pot of tea' }
  const owed = owedOf(
    [
      { id: '1', month: '2026-05', payer: 'b', payee: 'a', reward: 'r', pence: 300, count: 3 },
      { id: '2', month: '2026-06', payer: 'a', payee: 'b', reward: 'r', pence: 125, count: 1 },
      { id: '3', month: '2026-06', payer: 'b', payee: 'a', reward: 'r', pence: 500, count: 4 },
      { id: '4', month: '2026-06', payer: 'a', payee: 'a', reward: 'r', pence: 900, count: 9 },
      { id: '5', month: '2026-06', payer: 'z', payee: 'a', reward: 'r', pence: 0, count: 2 },
    ],
    names,
  )

  it('is listed by month, the newest first, without what a shop owes itself', () => {
    expect(owed.map(({ id }) => id)).toEqual(['3', '2', '1'])
    expect(monthsOf(owed)).toEqual(['2026-06', '2026-05'])
  })

  it('is one line each in the file, in pounds, and no name is a formula', () => {
    const words = { payer: 'Who pays', payee: 'Who gets', month: 'Month', reward: 'Reward', count: 'Count', pounds: 'Pounds' }
    expect(settlementsCsv(owed.slice(0, 1), words)).toBe('"Who pays","Who gets","Month","Reward","Count","Pounds"\r\n"\'=Mended Chair","The Patient Teapot","2026-06","A pot of tea","4","5.00"\r\n')
  })

  test('is one payment between two, once what both owe is set off', () => {
    expect(netOf(owed.filter(({ month }) => month === '2026-06'))).toEqual([{ payer: '=Mended Chair', payee: 'The Patient Teapot', pence: 375 }])
    expect(netOf([{ ...owed[0]!, pence: 125 }, owed[1]!])).toEqual([])
  })
})
