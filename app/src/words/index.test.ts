import { expect, it } from 'vitest'
import { displayLanguage } from './index'

it('a language has its name, also where the browser has none', () => {
  expect(['es', 'bfi', 'sgn-GB', 'syl', 'cy', 'pt-BR'].map(displayLanguage)).toEqual(['Spanish', 'British Sign Language', 'British Sign Language', 'Sylheti', 'Welsh', 'Brazilian Portuguese'])
  expect(['qqq', 'no such tag'].map(displayLanguage)).toEqual(['qqq', 'no such tag'])
})
