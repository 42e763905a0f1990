import { describe, expect, it } from 'vitest'
import { filled, homeOf, isSame, mistakesOf, tidied } from './form'

const HOME = { address: '7 Elm Row', door: 'Ring twice', ringName: 'Joan', ringPhone: '020 7946 0011' }

describe('the form of a home', () => {
  it('needs an address; a door and whom to ring are for who has them', () => {
    expect(mistakesOf(HOME)).toEqual([])
    expect(mistakesOf({ ...homeOf(undefined), address: '7 Elm Row' })).toEqual([])
    expect(mistakesOf({ ...HOME, address: '  ' })).toEqual([['address', 'address']])
  })

  it('wants a name with a number, and a number with a name', () => {
    expect(mistakesOf({ ...HOME, ringName: '' })).toEqual([['ringName', 'ringName']])
    expect(mistakesOf({ ...HOME, ringPhone: '' })).toEqual([['ringPhone', 'ringPhone']])
    expect(mistakesOf({ ...HOME, ringPhone: 'the one on the fridge' })).toEqual([['ringPhone', 'ringPhoneWrong']])
  })

  it('says what is too long, by letters as people count them', () => {
    expect(mistakesOf({ ...HOME, address: '🏠'.repeat(200), door: 'x'.repeat(120) })).toEqual([])
    expect(mistakesOf({ address: 'x'.repeat(201), door: 'x'.repeat(121), ringName: 'x'.repeat(61), ringPhone: '1234567' }).map(([, what]) => what)).toEqual(['addressLong', 'doorLong', 'ringNameLong'])
  })

  it('knows what is saved', () => {
    expect(isSame(tidied({ ...HOME, address: ' 7 Elm Row ' }), homeOf({ id: 'c', ...HOME }))).toBe(true)
    expect(isSame(HOME, homeOf(undefined))).toBe(false)
  })

  it('takes what comes after the page, and leaves what somebody wrote or emptied', () => {
    const blank = homeOf(undefined)
    expect(filled(blank, blank, HOME)).toEqual(HOME)
    expect(filled({ ...blank, address: '9 Oak St' }, blank, HOME)).toEqual({ ...HOME, address: '9 Oak St' })
    expect(filled({ ...HOME, door: '' }, HOME, { ...HOME, address: '9 Oak St' })).toEqual({ ...HOME, address: '9 Oak St', door: '' })
  })
})
