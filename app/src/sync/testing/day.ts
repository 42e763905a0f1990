/**
 * A day of Rosa's that leaves something private in every store of her phone, each with a word to look for.
 */
import { Kith } from '../kith'
import { ALONE } from '../tabs'
import { settled, TestWorld } from './world'

export const CANARIES = ['CANARYNAME', 'CANARYVISIT', 'CANARYJOURNAL', 'CANARYRENAME', 'CANARYFACT', 'CANARYDRAFT', 'draft/edit', 'token1', 'member/rosa', 'activators']

/** The words that a text holds. */
export const found = (text: string) => CANARIES.filter((canary) => text.includes(canary))

/** A town in which Rosa's day leaves every canary somewhere. */
export async function aDay(name: string, key?: Uint8Array): Promise<{ world: TestWorld; kith: Kith }> {
  const world = new TestWorld()
  world.server.put('listings', 'lunch', { title: 'Thursday lunch' }, ['public'])
  world.server.put('listings', 'quiz', { title: 'CANARYDRAFT' }, ['activators'])
  const kith = await Kith.open({ name, env: world, meeting: ALONE, ...(key ? { key } : {}) })
  await kith.local.set('draft/edit', { title: 'CANARYFACT' })
  await kith.join('rosa', 'CANARYNAME', 'Phone')
  world.server.grant('rosa', ['public', 'member/rosa', 'activators'])
  await kith.send('visits.come', { id: 'done', listing: 'lunch', occurrence: 'o', firstName: 'CANARYJOURNAL', welcome: 'none' })
  await kith.syncNow()
  await settled()
  world.online = false
  await kith.send('visits.come', { id: 'visit', listing: 'lunch', occurrence: 'p', firstName: 'CANARYVISIT', welcome: 'none' })
  await kith.send('people.rename', { firstName: 'CANARYRENAME' })
  return { world, kith }
}
