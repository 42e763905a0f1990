/**
 * Consent decides what there is: of every way to fill the form in, who it is about goes along only with a basis.
 */
import { describe, expect, test } from 'vitest'
import { ASKED, emptyDraft, hourOf, isEmpty, missing, plainOf, type Draft } from './plain'

const BY = { member: 'm', device: 'd', shop: '', firstName: 'Carol' }
const AT = '2026-11-25T15:04:00.000Z'

/** Everything typed, whatever the form would show. */
const full = (more: Partial<Draft>): Draft => ({
  ...emptyDraft(), noticed: ['lonely', 'missed'], words: ' she sat there \r\n quietly ', name: ' Ann Example ', reach: '020 7946 0000', best: '', ground: 'seriousRisk', why: 'because', ...more,
})

describe('of every way to fill it in', () => {
  for (const asked of ASKED) {
    for (const override of [false, true]) {
      test(`${asked}${override ? ', and passed on all the same' : ''}: a name only with a basis`, () => {
        const plain = plainOf(full({ asked, override }), BY, AT)
        const basis = asked === 'agreed' ? 'agreement' : override ? 'reason' : 'none'
        expect(plain.person?.name).toBe(basis === 'none' ? undefined : 'Ann Example')
        expect(plain.override).toEqual(basis === 'reason' ? { ground: 'seriousRisk', why: 'because' } : undefined)
        const text = JSON.stringify(plain)
        expect(text.includes('Ann') || text.includes('7946')).toBe(basis !== 'none')
        expect(plain.noticed).toEqual(['missed', 'lonely'])
        expect(plain.words).toBe('she sat there \n quietly')
      })
    }
  }

  test('an empty part of a person isn’t there', () => {
    expect(plainOf(full({ asked: 'agreed', reach: ' ' }), BY, AT).person).toEqual({ name: 'Ann Example' })
  })
})

test('what a server would refuse a worry for is taken out of it: characters that nobody sees', () => {
  const plain = plainOf(full({ asked: 'agreed', name: 'Ann\u200B\n\tExample\u202E', words: '\u200Da\u0000b 👩\u200D🍳 \u200D c\u2028d\r\ne' }), BY, AT)
  expect(plain.person?.name).toBe('Ann Example')
  expect(plain.words).toBe('ab 👩\u200D🍳  c\nd\ne')
})

test('what is left of an emoji, and letters that show nothing, lose no worry', () => {
  const plain = plainOf(full({ asked: 'agreed', name: '\uFE0F葛\u{E0100}城', words: 'a \uFE0F b ❤\uFE0F \u3164\u034F c\uFE0F\n\uFE0Fd' }), BY, AT)
  expect(plain.person?.name).toBe('葛\u{E0100}城')
  expect(plain.words).toBe('a  b ❤\uFE0F  c\uFE0F\nd')
})

describe('what is missing', () => {
  test('is said in the order of the form, and nothing once it is there', () => {
    expect(missing(emptyDraft(), true)).toEqual(['asked', 'noticed'])
    expect(missing({ ...emptyDraft(), asked: 'notYet', noticed: ['other'] }, false)).toEqual([])
    expect(missing({ ...emptyDraft(), asked: 'agreed', noticed: ['other'] }, true)).toEqual(['name'])
    expect(missing({ ...emptyDraft(), asked: 'refused', noticed: ['other'], override: true }, true)).toEqual(['ground', 'why', 'name'])
    expect(missing({ ...emptyDraft(), asked: 'agreed' }, true)).toEqual(['name', 'noticed'])
    expect(missing({ ...emptyDraft(), asked: 'notYet', override: true }, false)).toEqual(['ground', 'why', 'basics', 'noticed'])
    expect(missing(full({ asked: 'refused', override: true }), true)).toEqual([])
    for (const name of [' .. ', 'Mrs', 'Dr.', '\u200B']) expect(missing(full({ asked: 'agreed', name }), true), name).toEqual(['name'])
  })

  test('before the cards were read, a name can’t be passed on; advice can be asked for', () => {
    expect(missing(full({ asked: 'agreed' }), false)).toEqual(['basics'])
    expect(missing(full({ asked: 'cantSafely', override: true }), false)).toEqual(['basics'])
    expect(missing(full({ asked: 'cantSafely' }), false)).toEqual([])
  })

  test('counts characters as a person does', () => {
    expect(missing(full({ asked: 'agreed', words: '🌿'.repeat(1000) }), true)).toEqual([])
    expect(missing(full({ asked: 'agreed', words: '🌿'.repeat(1001) }), true)).toEqual(['long'])
  })
})


test('what Back would lose is anything at all that was chosen or typed', () => {
  expect(isEmpty(emptyDraft())).toBe(true)
  for (const more of [{ asked: 'notYet' }, { noticed: ['lonely'] }, { words: 'x' }, { urgent: true }, { tell: true }, { since: 'days' }, { name: 'A' }] as Partial<Draft>[]) expect(isEmpty({ ...emptyDraft(), ...more })).toBe(false)
})

test('the hour in the clear is no finer than that', () => {
  expect(hourOf(Date.parse('2026-11-25T15:59:59.999Z'))).toBe('2026-11-25T15')
})
