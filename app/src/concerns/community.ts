/**
 * What the community says that matters here: whom to ring, how patient to be, and the keys.
 */
import type { Me, Row } from '../sync'
import type { By } from './plain'

/** Who may pass on a concern. */
const RAISING = ['listener', 'activator', 'coach', 'coordinator']

export const mayRaise = (roles: readonly string[]): boolean => roles.some((role) => RAISING.includes(role))

export interface Care {
  councilName: string
  councilPhone: string
  urgentName: string
  urgentPhone: string
  outOfHours: string
  surgeryName: string
  surgeryPhone: string
  unsentMinutes: number
}

const NONE: Care = { councilName: '', councilPhone: '', urgentName: '', urgentPhone: '', outOfHours: '', surgeryName: '', surgeryPhone: '', unsentMinutes: 5 }

/** With every part, whatever the row has. */
export function careOf(row: Row | undefined): Care {
  const said: Record<string, unknown> = typeof row?.care === 'object' && row.care ? row.care : {}
  const text = (key: keyof Care) => (typeof said[key] === 'string' ? (said[key] as string) : '')
  const minutes = Number(said.unsentMinutes)
  return {
    councilName: text('councilName'), councilPhone: text('councilPhone'), urgentName: text('urgentName'), urgentPhone: text('urgentPhone'),
    outOfHours: text('outOfHours'), surgeryName: text('surgeryName'), surgeryPhone: text('surgeryPhone'), unsentMinutes: minutes > 0 ? minutes : NONE.unsentMinutes,
  }
}

/** A number to ring about something urgent, and whose it is; null: the community has named none. */
export function numberOf(care: Care): { name: string; phone: string } | null {
  if (care.urgentPhone) return { name: care.urgentName, phone: care.urgentPhone }
  return care.councilPhone ? { name: care.councilName, phone: care.councilPhone } : null
}

/** Who passes it on: a shop that they work in goes along, so that whoever answers for concerns knows where it was. */
export function byOf(me: Me, roles: Iterable<Row>, devices: ReadonlyMap<string, Row>): By {
  const shops = [...roles].filter((row) => row.member === me.member && row.shop).map((row) => String(row.shop))
  const own = String(devices.get(me.device)?.shop ?? '')
  return { member: me.member, device: me.device, shop: own || (shops.sort()[0] ?? ''), firstName: me.firstName }
}
