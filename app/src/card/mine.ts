/**
 * What the rows say about somebody's own card: which of their cards this phone can show, how far the stamps reach, and
 * what became of each visit. Rules only; the screens are beside.
 */
import type { Row } from '../sync'
import { fromBase64url } from '../sync/ids'
import { card as said } from '../words/card'
import { listWords } from '../words/lists'

/** Below so many days a card is renewed by itself. */
const RENEW_DAYS = 30

export const todayAsNumber = (ms: number): number => Math.floor(ms / 86_400_000)
export const dayNamed = (number: number): string => new Date(number * 86_400_000).toISOString().slice(0, 10)

/** Where somebody's card stands on this phone. */
export type Standing = 'none' | 'waiting' | 'here' | 'elsewhere' | 'ended' | 'lost'

type Rows = Iterable<Row>

/**
 * The card that this phone is to show, of all that its person has on phones; and how it stands. `isMine`: its key is the
 * one that lies here. One that isn't signed yet has nothing to show, and stands behind one that works.
 */
export function standingOf(cards: Rows, isMine: (packed: string) => boolean, today: number): { standing: Standing; card?: Row } {
  const phones = [...cards].filter((row) => row.kind === 'phone')
  const active = phones.filter((row) => row.status === 'active')
  const mine = phones.filter((row) => row.packed !== '' && isMine(row.packed)).sort((a, b) => b.expires - a.expires)
  const [works] = mine.filter((row) => row.status === 'active')
  if (works && works.expires > today) return { standing: 'here', card: works }
  const waiting = active.find((row) => row.packed === '')
  if (waiting) return { standing: 'waiting', card: waiting }
  if (works) return { standing: 'ended', card: works }
  if (mine.some((row) => row.status === 'lost')) return { standing: 'lost' }
  return { standing: active.length > 0 ? 'elsewhere' : 'none' }
}

/** The cards on phones that work, for whoever has lost one. */
export const phonesOf = (cards: Rows): Row[] => [...cards].filter((row) => row.kind === 'phone' && row.status === 'active' && row.packed !== '')

/**
 * True when it is time to ask for a card that lasts longer, or that is signed by a key that still counts: `kids` are those.
 */
export function wantsRenewal(card: Row, today: number, kids: readonly number[]): boolean {
  if (card.kind !== 'phone' || card.status !== 'active' || card.packed === '') return false
  return card.expires - today < RENEW_DAYS || !kids.includes(fromBase64url(card.packed)[1]!)
}

/** The numbers of the community's keys, as everybody holds them. */
export function kidsOf(community: Row | undefined): number[] {
  return Array.isArray(community?.cardKeys) ? community.cardKeys.map(({ kid }: { kid: unknown }) => Number(kid)) : []
}

/** The printed cards of this account that work. */
export function printedCards(cards: Rows, account: string, today: number): Row[] {
  return [...cards].filter((row) => row.kind === 'printed' && account !== '' && row.account === account && row.status === 'active' && row.expires > today)
}

export function accountOf(accounts: Rows, member: string): Row | undefined {
  for (const row of accounts) if (row.member === member) return row
  return undefined
}

/** A reward, and how far the stamps reach. */
export interface Goal {
  reward: Row
  have: number
  need: number
  /** How many are missing; 0: it can be had. */
  more: number
  /** "4 more for a cup of tea". */
  text: string
}

/** The rewards that can be had, the nearest first. */
export function goalsOf(rewards: Rows, stamps: number): Goal[] {
  return [...rewards]
    .filter((row) => row.status === 'active' && row.stamps > 0)
    .sort((a, b) => a.stamps - b.stamps || String(a.title).localeCompare(b.title))
    .map((reward) => {
      const more = Math.max(0, reward.stamps - stamps)
      const title = inSentence(String(reward.title))
      return { reward, need: reward.stamps, have: Math.min(stamps, reward.stamps), more, text: more > 0 ? said.more(more, title) : said.enough(title) }
    })
}

/** The one to show large: the first that isn't had yet, or else the dearest that is. */
export function nextGoal(goals: readonly Goal[]): Goal | undefined {
  return goals.find((goal) => goal.more > 0) ?? goals.at(-1)
}

/** "A cup of tea" in the middle of a sentence. A name keeps its capital. */
export function inSentence(title: string): string {
  return /^(An?|The|One|Two|Half|Free|Any) /.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title
}

/** "Gough’s, The Ivy and Bell’s": which shops give it; '' for every one. */
export function shopsOf(reward: Row, shops: ReadonlyMap<string, Row>): string {
  return listWords((Array.isArray(reward.shops) ? reward.shops : []).flatMap(({ shop }) => shops.get(shop)?.name ?? []))
}

/** What became of a visit: '' when it simply counts. */
export function visitNote(stamp: Row): string {
  if (stamp.state === 'rejected') return codesOf(stamp).map((code) => said.whys[code]).find(Boolean) ?? said.whys.refused!
  return said.states[stamp.state] ?? ''
}

function codesOf({ codes }: Row): string[] {
  return Array.isArray(codes) ? codes.map(String) : String(codes ?? '').split(',')
}

/** The newest first. What is told twice is shown once. */
export function visitsOf(stamps: Rows): Row[] {
  return [...stamps].filter((row) => row.state !== 'duplicate').sort((a, b) => String(b.day).localeCompare(String(a.day)) || (a.id < b.id ? 1 : -1))
}

/** A typed code as the server has it, in Crockford's letters; '' when it can't be one. */
export function typedCode(text: string): string {
  const code = text.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1')
  return /^[0-9A-HJKMNP-TV-Z]{8}$/.test(code) ? code : ''
}

/** "7Q2K-M4XD". */
export const shownCode = (code: string): string => (code ? `${code.slice(0, 4)}-${code.slice(4)}` : '')

/** Who may have a card printed: people who know those who come. */
export const mayPrint = (roles: readonly string[]): boolean => roles.some((role) => role === 'owner' || role === 'activator' || role === 'coordinator')

/** The printed card of that id, for whoever had it made or whose it is; undefined: it isn't here (any more). */
export function printable(cards: ReadonlyMap<string, Row>, id: string): Row | undefined {
  const row = cards.get(id)
  return row?.kind === 'printed' && row.status === 'active' ? row : undefined
}
