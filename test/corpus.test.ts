// The recorded week, posted to Plaintrail as the API server posted it: every step of it is answered as it was really done.

import { describe, expect, test } from 'vitest'
import { corpusOf, corpusVersions } from './corpus.ts'
import { checkAnswers } from './lab/answers.ts'
import { reportOf } from './lab/report.ts'
import { whoOf } from './lab/who.ts'
import { profiles } from './profiles.ts'
import { allRequests, postList, until, type System } from './system.ts'

test('two versions of Kubernetes are recorded, two minors apart', () => {
  const minors = corpusVersions().map((version) => Number(version.split('.')[1]))
  expect(minors).toHaveLength(2)
  expect((minors[1] ?? 0) - (minors[0] ?? 0)).toBe(2)
})

describe.each(await profiles())('$name', ({ startSystem }) => {
  test.each(corpusVersions())(
    'what was done on Kubernetes %s is what is answered',
    { timeout: 300_000 },
    async (version) => {
      const corpus = corpusOf(version)
      await using system = await startSystem()
      const cluster = await system.addCluster('lab')
      for (const list of corpus.lists) expect((await postList(system, cluster, list)).status).toBe(200)
      await untilStored(system, corpus.lists)
      const checked = await checkAnswers({
        get: system.get,
        who: whoOf(system, 'lab'),
        cluster: 'lab',
        steps: corpus.steps,
      })
      expect(checked.deeds.length).toBeGreaterThan(150)
      expect(checked.deeds.filter(({ wrong }) => wrong.length > 0)).toEqual([])
      expect(checked.unexplained).toEqual([])
      expect(reportOf(corpus.version, checked)).toBe(corpus.answers)
    },
  )
})

async function untilStored(system: System, lists: readonly string[]): Promise<void> {
  const posted = lists.flatMap((list) => (JSON.parse(list) as { items: unknown[] }).items).length
  await until(async () => {
    const requests = await allRequests(system)
    return requests.flatMap(({ stages }) => stages).length >= posted
  }, 60_000)
  const stored = (await allRequests(system)).flatMap(({ stages }) => stages.map(({ id }) => id))
  expect(new Set(stored).size).toBe(posted)
}
