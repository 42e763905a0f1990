/** Mails that a town keeps as files while it has no mail server. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, type Town } from './town'

/** Those that are there. */
export const mails = (town: Town) => new Set(existsSync(join(town.folder, 'mail')) ? readdirSync(join(town.folder, 'mail')) : [])

/** The six digits of a new mail to that address; what else it is told has none. */
export async function mailedCode(town: Town, to: string, before: Set<string>): Promise<string> {
  let found = ''
  await expect
    .poll(() => {
      const fresh = [...mails(town)].filter((name) => !before.has(name)).map((name) => readFileSync(join(town.folder, 'mail', name), 'utf8'))
      const texts = fresh.filter((mail) => mail.includes(`To: ${to}`)).map((mail) => mail.split('\n\n').slice(1).join('\n\n'))
      found = texts.flatMap((text) => /\b\d{6}\b/.exec(text)?.[0] ?? [])[0] ?? ''
      return found
    })
    .toMatch(/^\d{6}$/)
  return found
}
