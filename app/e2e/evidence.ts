/** Says after all else what was found out about each test that has failed (town.ts): the end of an output is what is kept of it. */
import type { Reporter, TestCase, TestResult } from '@playwright/test/reporter'

export default class Evidence implements Reporter {
  readonly #found: string[] = []

  onTestEnd(test: TestCase, { annotations }: TestResult): void {
    for (const { type, description } of annotations) if (type === 'evidence') this.#found.push(`${test.title}:\n${description}`)
  }

  onEnd(): void {
    for (const one of this.#found) console.log(`\nof ${one}`)
  }

  printsToStdio(): boolean {
    return true
  }
}
