/**
 * Which one sentence the line under the board says. The most pressing wins; when all is well it says nothing.
 */
import type { Entry, Status } from '../sync'
import { words } from '../words'
import type { IconName } from './Icon.svelte'

export interface Standing {
  tone: 'calm' | 'look' | 'wrong'
  icon: IconName
  text: string
  link?: { href: string; text: string }
}

const { status } = words
const seeOutbox = { href: '/outbox', text: status.see }

function fault(code: string): Standing {
  const link = { href: '/join', text: status.joinAgain }
  if (code === 'device_unknown') return { tone: 'wrong', icon: 'warning', text: status.deviceUnknown, link }
  if (code === 'device_wiped') return { tone: 'look', icon: 'info', text: status.deviceWiped, link }
  if (code === 'member_suspended') return { tone: 'wrong', icon: 'warning', text: status.suspended }
  if (code === 'app_old') return { tone: 'look', icon: 'warning', text: status.appOld }
  return { tone: 'look', icon: 'warning', text: status.serverFault }
}

/**
 * What the engine's facts come to, or null. `joined`: this device speaks for a member. `cleared`: it did, and the browser
 * has thrown that away.
 */
export function standingOf(facts: Status, outbox: readonly Entry[], joined: boolean, cleared = false): Standing | null {
  if (facts.phase === 'starting') return null
  const waiting = outbox.filter((entry) => entry.state === 'waiting' || entry.state === 'sending').length
  const problems = outbox.length - waiting
  if (facts.storage === 'full') return { tone: 'wrong', icon: 'warning', text: status.full, link: { href: '/about', text: status.how } }
  if (facts.storage === 'blocked') return { tone: 'wrong', icon: 'warning', text: status.blocked }
  if (cleared && !joined) return { tone: 'wrong', icon: 'warning', text: status.cleared, link: { href: '/recover', text: status.how } }
  if (facts.fault) return fault(facts.fault)
  if (problems > 0) return { tone: 'look', icon: 'warning', text: status.problem(problems), link: seeOutbox }
  if (!facts.online && waiting > 0) return { tone: 'calm', icon: 'offline', text: status.waitingOffline(waiting), link: seeOutbox }
  if (!facts.online) return { tone: 'calm', icon: 'offline', text: status.offline }
  if (waiting > 0) return { tone: 'calm', icon: 'cloud', text: status.waiting(waiting), link: seeOutbox }
  if (joined && !facts.safe) return { tone: 'calm', icon: 'info', text: status.unsafe, link: { href: '/about#keep', text: status.keepSafe } }
  return null
}
