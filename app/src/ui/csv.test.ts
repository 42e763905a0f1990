import { expect, it } from 'vitest'
import { csvOf } from './csv'

it('quotes every cell, ends every line as spreadsheets want it, and lets no text be a formula', () => {
  expect(csvOf([['Who pays', 'The "Teapot", Rye Lane'], ['=1+1', '@x']])).toBe('"Who pays","The ""Teapot"", Rye Lane"\r\n"\'=1+1","\'@x"\r\n')
  expect(csvOf([['-5'], ['12.50']])).toBe('"\'-5"\r\n"12.50"\r\n')
  expect(csvOf([])).toBe('')
})
