/** What a superuser may do on the machine itself: reading and writing rows beside the app. */
import { expect, verb, type Town } from './town'

const WHO = { identity: 'e2e@example.org', password: 'of this test alone' }

interface Row {
  id: string
  [column: string]: unknown
}

interface Records {
  find(collection: string, filter: string): Promise<Row[]>
  add(collection: string, row: object): Promise<Row>
  change(collection: string, id: string, columns: object): Promise<Row>
}

export async function superuser(town: Town): Promise<Records> {
  verb(town, 'superuser', 'upsert', WHO.identity, WHO.password)
  const ask = async (method: string, path: string, token: string, body?: object) => {
    const answer = await fetch(`${town.url}/api/collections/${path}`, { method, headers: { 'Content-Type': 'application/json', Authorization: token }, ...(body ? { body: JSON.stringify(body) } : {}) })
    expect(answer.ok, await answer.clone().text()).toBe(true)
    return answer.json()
  }
  const { token } = (await ask('POST', '_superusers/auth-with-password', '', WHO)) as { token: string }
  return {
    find: async (collection, filter) => (await ask('GET', `${collection}/records?filter=${encodeURIComponent(filter)}`, token)).items,
    add: (collection, row) => ask('POST', `${collection}/records`, token, row),
    change: (collection, id, columns) => ask('PATCH', `${collection}/records/${id}`, token, columns),
  }
}
