import { describe, expect, it } from 'vitest'
import { ASKED, type Asked } from '../concerns/plain'
import { RECEIVERS, receiversOf, sheetOf, type Opened, type Receiver } from './handover'

const PERSON = { name: 'Mrs Okafor', reach: '020 7946 0555', best: 'mornings' }
const OVERRIDE = { ground: 'seriousRisk', why: 'She said that she would not see Christmas.' } as const
const BY = { member: 'femi', device: 'tablet', shop: 'chairs', firstName: 'Femi' }
const AT = '2026-11-25T15:04:00.000Z'

function concern(asked: Asked, parts: Partial<Opened> = {}): Opened {
  return { v: 1, asked, noticed: ['missed', 'lonely'], since: 'weeks', words: 'She came twice on the wrong day.', rang: '', by: BY, at: AT, ...parts }
}

const CONCERNS: [name: string, concern: Opened][] = [
  ['agreed', concern('agreed', { person: PERSON })],
  ...ASKED.filter((one) => one !== 'agreed').map((asked): [string, Opened] => [asked, concern(asked)]),
  ...ASKED.filter((one) => one !== 'agreed').map((asked): [string, Opened] => [`${asked}, passed all the same`, concern(asked, { person: PERSON, override: OVERRIDE })]),
]

describe('what may be handed over', () => {
  it.each<[Asked, boolean, Receiver[]]>([
    ['agreed', false, ['coach', 'surgery', 'council', 'group']],
    ['refused', false, ['coach', 'surgery', 'council']],
    ['notYet', false, ['coach', 'surgery', 'council']],
    ['cantSafely', false, ['coach', 'surgery', 'council']],
    ['refused', true, ['surgery', 'council']],
    ['notYet', true, ['surgery', 'council']],
    ['cantSafely', true, ['surgery', 'council']],
  ])('of “%s” (passed all the same: %s) something may go to %s', (asked, all, expected) => {
    const one = concern(asked, asked === 'agreed' || all ? { person: PERSON, ...(all ? { override: OVERRIDE } : {}) } : {})
    expect(receiversOf(one)).toEqual(expected)
  })

  for (const [name, one] of CONCERNS) {
    for (const to of RECEIVERS) {
      const sheet = sheetOf(one, to)
      it(`${name}, to ${to}: nothing of who passed it on, where or when`, () => {
        const text = JSON.stringify(sheet)
        for (const word of [...Object.values(BY), AT, '15:04']) expect(text).not.toContain(word)
      })
      it(`${name}, to ${to}: somebody is named only with their yes, or with a ground and a reason`, () => {
        if (!sheet) return
        const named = JSON.stringify(sheet).includes('Okafor')
        expect(named).toBe(one.person !== undefined)
        if (named) expect(sheet.agreed || sheet.override?.why === OVERRIDE.why).toBe(true)
      })
    }
  }

  it('a group hears whom to expect, and not why', () => {
    expect(sheetOf(concern('agreed', { person: PERSON }), 'group')).toEqual({ to: 'group', noticed: [], words: '', agreed: true, person: PERSON })
  })

  for (const asked of ASKED.filter((one) => one !== 'agreed')) {
    it(`${asked}: free words, which may say who it is, go to nobody`, () => {
      for (const to of RECEIVERS) expect(sheetOf(concern(asked), to)?.words ?? '').toBe('')
    })
  }

  it('a concern that names somebody on no footing at all puts no name on any sheet', () => {
    for (const to of RECEIVERS) expect(JSON.stringify(sheetOf(concern('refused', { person: PERSON }), to))).not.toContain('Okafor')
  })

  it('what is missing of a person is empty, not “undefined”', () => {
    expect(sheetOf(concern('agreed', { person: { name: 'Bo' } }), 'coach')?.person).toEqual({ name: 'Bo', reach: '', best: '' })
  })
})
