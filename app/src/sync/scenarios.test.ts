/**
 * The shared scenarios (testdata/scenarios/README.md), run against this engine with no server.
 */
import 'fake-indexeddb/auto'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { quietMoments, ScenarioDevice } from './testing/scenario'
import { KINDS } from './testing/stores'

const FOLDER = new URL('../../../testdata/scenarios/', import.meta.url)
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'))

describe('shared scenarios', () => {
  test('there are enough of them', () => expect(files.length).toBeGreaterThanOrEqual(20))

  const plays = KINDS.flatMap((kind) => files.flatMap((file) => [[file, kind, ''], [file, kind, ', killed at each quiet moment']] as const))

  test.each(plays)('%s, %s%s', async (file, kind, killed) => {
    const scenario = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'))
    expect(file).toBe(`${scenario.name}.json`)
    const device = await ScenarioDevice.open(`scenario ${scenario.name}${killed}`, scenario.device.member ?? '', kind)
    const quiet = quietMoments(scenario.steps)
    for (const [i, step] of scenario.steps.entries()) {
      if (killed && quiet[i]) await device.kill()
      await device.run(step, `step ${i + 1}: ${JSON.stringify(step).slice(0, 200)}`)
    }
    device.close()
  })
})
