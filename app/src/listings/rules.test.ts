import { describe, expect, it } from 'vitest'
import { briefly } from './brief'
import { checkedWords } from './checked'
import { countFilters, fromHash, isFiltered, NO_FILTERS, toggle, toHash } from './filters'
import { hostOf, telephone, webAddress } from './links'
import { pricesOf } from './model'
import { distanceWords, metresBetween, postcodeSector, sectorPoints } from './near'
import { costsOf, money, priceLines, priceTag } from './price'
import { fold, foldedWords, matcher, searchable } from './search'

describe('words are found', () => {
  const folded = searchable(["Café Müller", "St Mary's walking group", 'Español y té'])

  it('without accents, apostrophes or capitals', () => {
    for (const query of ['cafe', 'MULLER', 'st marys', 'St Mary’s', 'espanol te']) expect(matcher(query)(folded), query).toBe(true)
  })
  it('where each begins a word, in any order, all of them', () => {
    expect(matcher('group walk')(folded)).toBe(true)
    expect(matcher('alking')(folded)).toBe(false)
    for (const query of ['😀', '%', '(', ' ’ ']) expect(matcher(query)(folded), query).toBe(false)
    for (const query of ['', ' ', '(walk)']) expect(matcher(query)(folded), query).toBe(true)
    expect(matcher('walk dance')(folded)).toBe(false)
  })
  it('nothing asked finds everything, and signs alone find nothing', () => {
    for (const query of ['', ' ', '(walk)']) expect(matcher(query)(folded), query).toBe(true)
    for (const query of ['😀', '%', '(', ' ’ ', ' —! ']) expect(matcher(query)(folded), query).toBe(false)
  })
  it('in every script, as when each text is folded whole', () => {
    const texts = [
      "Rock ’n’ roll – £3 a head, O'Neill's; ÉTÉ/été", 'চা ও গল্প: সবাই স্বাগত', 'İstanbul ǅ ß ﬁt K', 'a\u0301lbum naïve-té ½ ² x²', "'' ’ — £", '朗読会 お茶、会', '💐flowers🎈',
    ]
    for (const text of texts) expect(searchable([text]), text).toBe([...new Set(foldedWords(text))].map((word) => (/^[a-z]/.test(word) ? word[0]!.toUpperCase() + word.slice(1) : ` ${word}`)).join(''))
  })
  it('exactly where a word begins so', () => {
    const texts = ['Second-hand books, 2nd floor: ask at no. 22b', 'Tea and teacakes', 'চা ও গল্প, 朗読会 ßa']
    for (const text of texts) {
      const has = foldedWords(text)
      for (const part of has.flatMap((word) => [...word].map((_, from) => [...word].slice(from).join('')))) {
        expect(matcher(part)(searchable([text])), part).toBe(foldedWords(part).every((asked) => has.some((word) => word.startsWith(asked))))
      }
      expect(matcher(has.join(''))(searchable([text])), 'two words are not one').toBe(false)
    }
  })
  it('a word that comes often is kept once', () => {
    expect(searchable(['tea and tea', 'Tea'])).toBe('TeaAnd')
  })
  it('a description of any length is folded in part', () => {
    expect(fold('x'.repeat(145_411)).length).toBe(20_000)
  })
})

describe('a price', () => {
  const fixed = (...amounts: number[]) => pricesOf({ mode: 'fixed', amounts: amounts.map((pence) => ({ pence, who: '' })) })

  it('of nothing is free, never £0', () => {
    expect(money(0)).toBe('Free')
    expect(priceTag(fixed(0))).toEqual({ tone: 'free', tag: 'Free', firstFree: false })
  })
  it('is said in pounds, and in pence below one', () => {
    expect([money(300), money(350), money(50)]).toEqual(['£3', '£3.50', '50p'])
    expect(priceTag(fixed(200, 500)).tag).toBe('£2 to £5')
  })
  it('that nobody wrote down is asked for', () => {
    for (const prices of [pricesOf(null), pricesOf({ mode: 'fixed' }), pricesOf({ mode: 'barter' })]) expect(priceTag(prices).tag).toBe('Ask the price')
  })
  it('says who pays which', () => {
    expect(priceLines(pricesOf({ mode: 'fixed', amounts: [{ pence: 300, who: 'if you work' }, { pence: 0, who: 'if not' }] }))).toEqual(['£3, if you work', 'Free, if not'])
  })
  it('is found under all that it offers', () => {
    expect(costsOf(pricesOf({ mode: 'fixed', amounts: [{ pence: 0, who: 'members' }, { pence: 300, who: '' }], firstFree: true }))).toEqual(['free', 'firstFree', 'fixed'])
    expect(costsOf(pricesOf({ mode: 'payWhatYouCan' }))).toEqual(['donation'])
    expect(costsOf(pricesOf({ mode: 'unknown' }))).toEqual([])
  })
})

describe('last checked', () => {
  const today = '2026-06-04'
  it('is said in days, then weeks, then months', () => {
    expect(checkedWords('2026-06-04', today).text).toBe('Checked today')
    expect(checkedWords('2026-06-03', today).text).toBe('Checked yesterday')
    expect(checkedWords('2026-05-14', today).text).toBe('Checked 3 weeks ago')
  })
  it('after 90 days says to ring first, and not on the 90th', () => {
    expect(checkedWords('2026-03-06', today).stale).toBe(false)
    expect(checkedWords('2026-03-05', today)).toEqual({ text: 'Last checked 2 months ago. Ring first.', stale: true })
  })
  it('never checked is stale', () => {
    expect(checkedWords('', today).stale).toBe(true)
    expect(checkedWords('soon', today).stale).toBe(true)
  })
})

describe('filters in the address', () => {
  it('come back as they were written', () => {
    const filters = { ...NO_FILTERS, words: 'tea & cake', day: '2026-06-04', costs: ['free', 'donation'] as const, without: ['pub'] as const, miles: 1, from: 'SE15 3' }
    expect(fromHash(toHash(filters))).toEqual(filters)
    expect(toHash(NO_FILTERS)).toBe('')
  })
  it('leave out what nobody knows', () => {
    expect(fromHash('costs=free,stolen&day=tuesday&miles=7&access=<script>&languages=es,9')).toEqual({ ...NO_FILTERS, costs: ['free'], languages: ['es'] })
  })
  it('a kind of venue is wanted or left out, never both', () => {
    const wanted = toggle(NO_FILTERS, 'venues', 'pub')
    const unwanted = toggle(wanted, 'without', 'pub')
    expect([wanted.venues, unwanted.venues, unwanted.without]).toEqual([['pub'], [], ['pub']])
    expect(toggle(unwanted, 'without', 'pub').without).toEqual([])
  })
  it('count what is set, and a section alone filters nothing', () => {
    expect(countFilters({ ...NO_FILTERS, costs: ['free'], miles: 2 })).toBe(2)
    expect(isFiltered({ ...NO_FILTERS, section: 'notices', from: 'me' })).toBe(false)
    expect(isFiltered({ ...NO_FILTERS, words: 'tea' })).toBe(true)
  })
})

describe('how far', () => {
  it('is measured over the ground', () => {
    // Nunhead station to Peckham Rye station.
    expect(metresBetween({ lat: 51.4668, lon: -0.0523 }, { lat: 51.47, lon: -0.0694 })).toBeCloseTo(1237, -2)
  })
  it('is said in miles', () => {
    expect([distanceWords(50), distanceWords(1609), distanceWords(3000), distanceWords(40_000)]).toEqual(['round the corner', '1 mile', '1.9 miles', '25 miles'])
  })
  it('can be counted from the middle of a postcode sector', () => {
    expect([postcodeSector('se15 3ab'), postcodeSector('SE153AB'), postcodeSector('London')]).toEqual(['SE15 3', 'SE15 3', ''])
    const place = (postcode: string, lat: number) => ({ id: '', name: '', address: '', postcode, lat, lon: 1, kind: '' as const, access: [] })
    expect([...sectorPoints([place('SE15 3AB', 51), place('SE15 3CD', 53), place('SE15 4CD', 0)])]).toEqual([['SE15 3', { lat: 52, lon: 1 }], ['SE15 4', { lat: 0, lon: 1 }]])
  })
})

describe('links out of what people wrote', () => {
  it('get https where it was left out, and never run anything', () => {
    expect(webAddress('www.example.org/a')).toBe('https://www.example.org/a')
    for (const bad of ['javascript:alert(1)', 'data:text/html,x', '', 'http://']) expect(webAddress(bad), bad).toBe('')
    expect(hostOf('https://www.example.org/a')).toBe('example.org')
  })
  it('ring the digits', () => {
    expect(telephone('+44 20 7946-0817')).toBe('tel:+44' + '2079460817')
    expect(telephone('(020) 7946-0817')).toBe('tel:020' + '79460817')
  })
  it('leave out the nought that goes with no country’s code', () => {
    for (const written of ['+44 (0)7700-900 123', '0044 (0)7700 900123', '+44(0)7700900123']) expect(telephone(written).replace('tel:00', 'tel:+'), written).toBe('tel:+44' + '7700900123')
  })
})

describe('a brief beginning', () => {
  it('ends with a sentence, and has at least one', () => {
    expect(briefly('One. Two. Three.', 9)).toEqual({ beginning: 'One. Two.', rest: 'Three.' })
    expect(briefly('A long first sentence.', 3)).toEqual({ beginning: 'A long first sentence.', rest: '' })
  })
})
