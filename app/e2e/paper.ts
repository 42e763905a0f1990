/** Printed cards of the demo that are nobody's and have been stamped: each is somebody's once they type its code. */
import { createHash } from 'node:crypto'
import type { Page } from '@playwright/test'
import { shownCode } from '../src/card/mine'
import { expect } from './town'

/** The code of one of them. NB! How many stamps are on it depends on the day. */
export function codeOfPaper(index: number): string {
  const sum = createHash('sha256').update(`kith demo town/code/paper-${index}`).digest()
  return [...sum.subarray(0, 8)].map((byte) => '0123456789ABCDEFGHJKMNPQRSTVWXYZ'[byte % 32]).join('')
}

/** On one's card: types a code, and taps. */
export async function claim(page: Page, typed: string): Promise<void> {
  const field = page.getByLabel('The code on the card')
  if (!(await field.isVisible())) await page.getByText('Make a printed card mine').click()
  await field.fill(typed)
  await page.getByRole('button', { name: 'Make it mine' }).click()
}

/** Makes one after the other one's own, at least so many, until there are enough stamps. Answers how many there are. */
export async function claimUntil(page: Page, stamps: number, papers = 1): Promise<number> {
  const balance = page.getByRole('heading', { name: /^(No|\d+) stamps?( yet)?$/ })
  for (let paper = 0; ; paper++) {
    const code = codeOfPaper(paper)
    await claim(page, code)
    // It comes with its stamps.
    await expect(page.getByText(`Its code is ${shownCode(code)}.`)).toBeVisible()
    const have = parseInt(await balance.innerText()) || 0
    if (paper + 1 >= papers && have >= stamps) return have
  }
}
