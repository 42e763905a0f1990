import { beforeEach, describe, expect, it, vi } from 'vitest'
import { hashOf } from '../device/code'
import type { Entry, Kith, Row } from '../sync'
import { inOrder, inviteOf, limitsOf, rolesToInvite, standingOf } from './invites'
import { CODES, forgetSpent, makeInvite, type Codes } from './kept'
import { linkOf, plainText } from './text'

const NOW = Date.parse('2026-06-01T09:00:00.000Z')
const row = (more: Partial<Row> = {}): Row => ({ id: 'i', role: 'resident', shop: '', usesLeft: 3, uses: 40, expires: '2026-06-08T09:00:00.000Z', created: '2026-06-01T09:00:00.000Z', by: 'pearl', note: 'poster', ended: false, ...more })

describe('an invite', () => {
  it('is open until it is ended, used up, or over', () => {
    expect([row(), row({ ended: true }), row({ usesLeft: 0 }), row({ expires: '2026-06-01T09:00:00.000Z' }), row({ expires: '' })].map((one) => standingOf(inviteOf(one), NOW))).toEqual(['open', 'ended', 'used', 'over', 'open'])
  })
  it('that is open stands before those that are over, the newest first', () => {
    const all = [row({ id: 'a', ended: true }), row({ id: 'b' }), row({ id: 'c', created: '2026-06-02T09:00:00.000Z' })].map(inviteOf)
    expect(inOrder(all, NOW).map((one) => one.id)).toEqual(['c', 'b', 'a'])
  })
  it('is made by who may, within what the server takes', () => {
    expect([rolesToInvite(['resident']), rolesToInvite(['resident', 'activator'])]).toEqual([[], ['resident']])
    expect(rolesToInvite(['coordinator'])).toContain('coordinator')
    expect([limitsOf('resident').uses, limitsOf('activator').uses, limitsOf('staff')]).toEqual([200, 10, { uses: 1, days: [1] }])
  })
  it('as text has the link, the letters and the last day, and no name', () => {
    const text = plainText({ origin: 'https://kith.example', code: '7Q2K-M4XD-9TRF-2HVW', community: 'Nunhead Neighbours', until: 'Monday 8 June' })
    expect(text.split('\n')).toEqual([
      'You’re invited to Nunhead Neighbours.', 'Open this link:', linkOf('https://kith.example', '7Q2K-M4XD-9TRF-2HVW'),
      'Or go to kith.example/join and type 7Q2K-M4XD-9TRF-2HVW', 'It works until Monday 8 June.',
    ])
  })
  it('begins with what it is for, where that is something else than to join', () => {
    const text = plainText({ origin: 'https://kith.example', code: '7Q2K-M4XD-9TRF-2HVW', community: 'Nunhead Neighbours', title: 'Would you run Lunch club with me?', until: '' })
    expect(text.split('\n')).toEqual(['Would you run Lunch club with me?', 'Open this link:', linkOf('https://kith.example', '7Q2K-M4XD-9TRF-2HVW'), 'Or go to kith.example/join and type 7Q2K-M4XD-9TRF-2HVW'])
  })
})

describe('the code of an invite', () => {
  const facts = new Map<string, any>()
  const rows = new Map<string, Row>()
  let sent: { name: string; args: any }[] = []
  let outbox: Partial<Entry>[] = []
  const kith = {
    local: { get: (key: string) => facts.get(key), set: async (key: string, value: any) => void facts.set(key, value) },
    rows: () => rows, outbox: () => outbox,
    send: vi.fn(async (name: string, args: any) => void sent.push({ name, args })),
  } as unknown as Kith
  const wanted = { role: 'resident', uses: 40, days: 7, note: 'poster' } as const
  const kept = () => facts.get(CODES) as Codes | undefined | null

  beforeEach(() => {
    facts.clear()
    rows.clear()
    sent = []
    outbox = []
  })

  it('stays on this phone: only its hash is sent', async () => {
    const id = await makeInvite(kith, wanted, NOW)
    const code = kept()?.[id]?.code ?? ''
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/)
    expect(sent).toEqual([{ name: 'invites.make', args: { id, codeHash: await hashOf(code), role: 'resident', uses: 40, days: 7, note: 'poster' } }])
    expect(JSON.stringify(sent)).not.toContain(code)
  })
  it('is not kept when the invite could not be saved', async () => {
    vi.mocked(kith.send).mockRejectedValueOnce(new Error('full'))
    await expect(makeInvite(kith, wanted, NOW)).rejects.toThrow('full')
    expect(kept()).toBeNull()
  })
  it('is forgotten once it opens nothing any more, and not while taking that back is possible', async () => {
    const [open, ended, undoable] = [await makeInvite(kith, wanted, NOW), await makeInvite(kith, wanted, NOW), await makeInvite(kith, wanted, NOW)]
    rows.set(open, row({ id: open }))
    rows.set(ended, row({ id: ended, ended: true }))
    rows.set(undoable, row({ id: undoable, ended: true }))
    outbox = [{ name: 'invites.end', args: { id: undoable }, state: 'waiting' }]
    await forgetSpent(kith, NOW)
    expect(Object.keys(kept() ?? {}).sort()).toEqual([open, undoable].sort())
    outbox = []
    await forgetSpent(kith, NOW + 8 * 86_400_000)
    expect(kept()).toBeNull()
  })
})
