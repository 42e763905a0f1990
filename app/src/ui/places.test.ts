import { expect, it } from 'vitest'
import { placesElsewhere, placesOf } from './places'

const hrefs = (roles: string[], host = false) => placesOf({ roles, host }).map((place) => place.href)
const elsewhere = (roles: string[], host = false) => placesElsewhere({ roles, host }).map((place) => place.href)

it('the navigation has three or four places, that change with what somebody does here', () => {
  expect(hrefs([])).toEqual(['/', '/plans', '/about'])
  expect(hrefs(['resident'])).toEqual(['/', '/plans', '/card', '/you'])
  expect(hrefs(['resident', 'activator'], true)).toEqual(['/', '/plans', '/groups', '/you'])
  expect(hrefs(['coordinator'], true)).toEqual(['/', '/plans', '/desk', '/you'])
  expect(hrefs(['owner'])).toEqual(['/', '/till', '/shop', '/you'])
  expect(hrefs(['staff'])).toEqual(['/', '/plans', '/till', '/you'])
  expect(hrefs(['resident', 'listener'])).toEqual(['/', '/plans', '', '/you'])
  expect(hrefs(['listener', 'staff'])).toEqual(['/', '', '/till', '/you'])
  expect(elsewhere(['listener', 'staff'])).toContain('/shop')
  expect(hrefs(['coach'])).toEqual(['/', '/plans', '/concerns', '/you'])
  expect(hrefs(['surgery'])).toEqual(['/', '/plans', '/surgery', '/you'])
  expect(hrefs(['coach', 'coordinator'])).toEqual(['/', '/plans', '/desk', '/you'])
})

it('whoever is in a circle finds it in the navigation, and whoever is in none finds it from “You”', () => {
  const all = (circles: boolean, roles: string[]) => placesOf({ roles, host: false, circles }).map((place) => place.href)
  expect([all(true, ['resident']), all(false, ['resident'])]).toEqual([['/', '/plans', '/circles', '/you'], ['/', '/plans', '/card', '/you']])
  expect(elsewhere(['resident'])).toContain('/circles')
  expect(elsewhere([])).not.toContain('/circles')
})

it('wherever somebody is, one place is marked and no other', () => {
  const marked = (name: 'card' | 'circles' | 'concerns' | 'groups', circles: boolean, roles: string[]) =>
    placesOf({ roles, host: true, circles }).filter((place) => place.names.includes(name)).map(({ href }) => href)
  expect(marked('card', true, ['resident'])).toEqual(['/you'])
  expect(marked('circles', false, ['resident'])).toEqual(['/you'])
  expect(marked('groups', true, ['coordinator'])).toEqual(['/you'])
  expect(marked('concerns', false, ['coordinator'])).toEqual(['/desk'])
})

it('nothing that somebody does here is out of reach', () => {
  for (const [roles, host] of [[[], false], [['activator'], true], [['coordinator'], true], [['owner', 'activator'], true], [['owner', 'coordinator', 'activator'], true], [['coach', 'owner', 'activator'], true]] as const) {
    const all = [...hrefs([...roles], host), ...elsewhere([...roles], host)]
    expect(new Set(all).size, roles.join()).toBe(all.length)
    expect(all.includes(''), 'who may pass on a quiet word can').toBe(roles.some((role) => role === 'activator' || role === 'coordinator'))
    for (const need of ['/', '/plans', ...(roles.length > 0 ? ['/card'] : []), ...(host ? ['/groups'] : []), ...(roles.includes('owner' as never) ? ['/shop'] : []), ...(roles.includes('coordinator' as never) ? ['/desk'] : [])]) expect(all).toContain(need)
  }
})
