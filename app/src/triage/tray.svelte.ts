/**
 * What the screens of the desk share: the queue, who looks into what, and whether the desk may be open here.
 */
import { settingsOf } from '../desk/care'
import { listOf, othersFirst } from '../desk/oncall'
import type { Entry } from '../sync'
import { app } from '../ui/app.svelte'
import { dayOf, dayWords } from '../ui/dates'
import { near } from '../words/ago'
import { triage as said } from '../words/triage'
import { askedOf } from './asking'
import { names } from './names.svelte'
import { concernOf, mustRing, queueOf, type Concern, type View } from './queue'

class Tray {
  view = $state<View>('open')

  me = $derived(app.live.me?.member ?? '')
  roles = $derived(app.live.me?.roles ?? [])
  isCoordinator = $derived(this.roles.includes('coordinator'))
  isResponder = $derived(this.isCoordinator || this.roles.includes('coach'))
  /** Undefined: this device's own row isn't here yet. */
  enrolled = $derived(app.live.rows('devices').get(app.live.me?.device ?? '')?.enrolled as boolean | undefined)

  community = $derived([...app.live.rows('communities').values()][0])
  care = $derived(settingsOf(this.community))
  /** Ids of concerns about which something was written down. */
  noted = $derived(new Set([...app.live.rows('concernNotes').values()].map((row) => String(row.concern))))
  all = $derived([...app.live.rows('concerns').values()].flatMap((row) => concernOf(row, this.care, app.now, app.zone, this.noted.has(row.id)) ?? []))
  shown = $derived(queueOf(this.all, this.view, this.me))
  byId = $derived(new Map(this.all.map((one) => [one.id, one])))
  onCall = $derived(othersFirst(listOf(app.live.rows('onCall').values()), app.live.me?.firstName ?? ''))
  mustRing = $derived(mustRing(this.all))
  #asked = $derived(askedOf(app.live.rows('concernNotes').values()))
  /** Where a coordinator is asked to speak with whoever passed it on. */
  asked = $derived(this.all.filter((one) => this.isAsked(one)))
  unseen = $derived([...app.live.rows('breakGlasses').values()].filter((row) => !row.seen))

  count(view: View): number {
    return queueOf(this.all, view, this.me).length
  }

  /** Who looks into something, or wrote something down, and is none of this phone's members: a coach's has one alone. */
  strangers = $derived.by(() => {
    const named = [...this.all.map(({ assignee }) => assignee), ...[...app.live.rows('concernNotes').values()].map((row) => String(row.by))]
    return [...new Set(named)].filter((member) => member && member !== this.me && !app.live.rows('members').has(member))
  })

  /** The first name of a member, as far as it is known here. */
  name(member: string): string {
    if (member === this.me) return app.live.me?.firstName ?? ''
    return String(app.live.rows('members').get(member)?.firstName || names.of(member) || said.colleague)
  }

  /** Who looks into it, in words. */
  who({ state, picked, assignee }: Concern): string {
    if (state === 'new') return picked ? said.nobodyNow : said.nobody
    return assignee === this.me ? said.yours : said.theirs(this.name(assignee))
  }

  /** Who has what could not be taken, as somebody else was faster. */
  whoHas = ({ name, args }: Entry): string => {
    const concern = name === 'concerns.take' ? this.byId.get(args.id) : undefined
    return concern?.state === 'assigned' ? `${this.who(concern)}.` : ''
  }

  /** Since when somebody has looked into it, or that they gave it back; '' where nobody ever has. */
  since({ state, picked }: Concern): string {
    if (!picked) return ''
    const day = picked === app.today ? near.today : said.onDay(this.day(picked))
    return state === 'new' ? said.hadIt(day) : said.firstTaken(day)
  }

  /** Whether this person may act on it. */
  mayAct(concern: Concern): boolean {
    return this.isCoordinator || concern.assignee === this.me
  }

  /** Whether a coordinator is asked to speak with whoever passed it on, and nobody has yet. */
  isAsked({ id, state }: Concern): boolean {
    return state !== 'closed' && this.#asked.has(id)
  }

  /** Others about the same person. */
  linked({ id, link }: Concern): Concern[] {
    return link ? this.all.filter((one) => one.link === link && one.id !== id) : []
  }

  /** "Wednesday 25 November"; '' for none. */
  day(stamp: string): string {
    return stamp ? dayWords(stamp.length === 10 ? stamp : dayOf(Date.parse(stamp), app.zone), app.today) : ''
  }
}

export const tray = new Tray()
