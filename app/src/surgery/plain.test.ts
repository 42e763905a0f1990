import { describe, expect, it } from 'vitest'
import { notesOf } from './notes'
import { emptyDraft, plainOf, wrongIn } from './plain'

const DRAFT = { ...emptyDraft(), name: ' Bo \n Okafor ', words: ' First.\r\nSecond.\u200b ' }

describe('a note to the surgery', () => {
  it('says who and what, and what is not said is empty', () => {
    expect(plainOf(DRAFT)).toEqual({ v: 1, about: { name: 'Bo Okafor', reach: '' }, words: 'First.\nSecond.', from: { name: '', reach: '' } })
    expect(wrongIn(DRAFT)).toEqual([])
  })

  it('needs a name and words, and has bounds', () => {
    expect(wrongIn(emptyDraft())).toEqual([{ field: 'name', why: 'name' }, { field: 'words', why: 'words' }])
    expect(wrongIn({ ...DRAFT, words: 'x'.repeat(1001), fromReach: 'y'.repeat(121) })).toEqual([{ field: 'words', why: 'long' }, { field: 'fromReach', why: 'long' }])
  })

  it('counts letters and not their halves', () => {
    expect(wrongIn({ ...DRAFT, words: '🌳'.repeat(1000) })).toEqual([])
  })

  it('stands among others in the order in which they came', () => {
    const rows = [{ id: 'b', received: '2026-11-25 15:00:00.000Z', state: 'new' }, { id: 'a', received: '2026-11-24 09:00:00.000Z', state: 'done' }]
    expect(notesOf(rows)).toEqual([{ id: 'a', received: Date.parse('2026-11-24T09:00:00Z'), state: 'done' }, { id: 'b', received: Date.parse('2026-11-25T15:00:00Z'), state: 'new' }])
  })
})
