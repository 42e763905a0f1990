import { expect, it } from 'vitest'
import type { LocalFacts } from '../sync'
import { Draft, forgetOld } from './draft'

function phone(): LocalFacts & { facts: Map<string, any> } {
  const facts = new Map<string, any>()
  return { facts, get: (key) => facts.get(key), set: async (key, value) => void facts.set(key, JSON.parse(JSON.stringify(value))), subscribe: () => () => {} }
}

const BLANK = { words: '' }

it('what was typed is there again, and until then nothing is', async () => {
  const local = phone()
  expect(new Draft(local, 'ask').kept).toBeUndefined()
  await new Draft<typeof BLANK>(local, 'ask').keep({ words: 'To the library' }, BLANK)
  expect(new Draft(local, 'ask').kept).toEqual({ words: 'To the library' })
  expect(new Draft(local, 'ask', 'edna').kept, 'of somebody else').toBeUndefined()
})

it('once it is sent, or begun again, there is none, and no word of it', async () => {
  const local = phone()
  const [draft, other] = [new Draft<typeof BLANK>(local, 'ask'), new Draft<typeof BLANK>(local, 'ask', 'edna')]
  await draft.keep({ words: 'To the library' }, BLANK)
  await other.keep({ words: 'To the shop' }, BLANK)
  await draft.drop()
  await other.keep({ words: '' }, BLANK)
  expect([draft.kept, other.kept]).toEqual([undefined, undefined])
  expect(JSON.stringify([...local.facts.values()])).not.toMatch(/library|shop|edna/)
})

it('a form that was only looked at leaves nothing', async () => {
  const local = phone()
  await new Draft<typeof BLANK>(local, 'ask').keep({ words: '' }, BLANK)
  expect(local.facts.size).toBe(0)
})

it('of many the last few are kept', async () => {
  const local = phone()
  for (let n = 0; n < 9; n++) await new Draft<typeof BLANK>(local, 'message', `reply${n}`).keep({ words: `${n}` }, BLANK)
  expect(local.get('draft/message')).toHaveLength(5)
  expect(new Draft(local, 'message', 'reply8').kept).toEqual({ words: '8' })
  expect(new Draft(local, 'message', 'reply0').kept).toBeUndefined()
})

it('what nobody came back to for four weeks is forgotten, and not a day before', async () => {
  const local = phone()
  const [draft, other] = [new Draft<typeof BLANK>(local, 'ask', 'edna'), new Draft<typeof BLANK>(local, 'slot')]
  await draft.keep({ words: 'To the library' }, BLANK)
  await other.keep({ words: 'At nine' }, BLANK)
  await forgetOld(local, Date.now() + 27 * 86_400_000)
  expect([draft.kept, other.kept]).toEqual([{ words: 'To the library' }, { words: 'At nine' }])
  await forgetOld(local, Date.now() + 29 * 86_400_000)
  expect(JSON.stringify([...local.facts.values()])).not.toMatch(/library|nine|edna/)
})
