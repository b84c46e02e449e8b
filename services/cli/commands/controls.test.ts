import { expect, test } from 'vitest'
import { startCannedApi } from '../testing/canned-api.ts'
import { plaintrail } from '../testing/captured-io.ts'

const control = { id: 'pci:10.2.1.2', framework: 'PCI DSS', version: '4.0.1', title: 'What administrators do' }
const answer = {
  ...control,
  window: { since: '2026-08-22T12:00:00.000000Z', until: '2026-11-20T12:00:00.000000Z' },
  rules: [
    {
      name: 'shell-opened',
      title: 'A shell in a pod',
      severity: 'high',
      version: 2,
      findings: 3,
      findings_relation: 'eq',
      events: 7,
      events_relation: 'gte',
      last: '2026-11-20T11:00:00.000000Z',
    },
    { name: 'quiet', title: 'Nothing', severity: 'low', version: 1, findings: 0, events: 0, last: null },
  ],
  findings: 3,
  clusters: [
    { cluster: 'east', findings: 3, coverage: { complete: true, gaps: [] }, not_judged: [], is_covered: true },
    {
      cluster: 'west',
      findings: 0,
      coverage: { complete: false, gaps: [{ cluster: 'west', from: 'a', to: 'b', cause: 'cluster_silent' }] },
      not_judged: [{ rule: 'quiet', status: 'cannot', insufficient: 4 }],
      is_covered: false,
    },
  ],
  links: { findings: '/v1/findings?control=pci%3A10.2.1.2' },
}

test('controls list and show what was found and where silence says nothing', async () => {
  await using api = await startCannedApi(({ path }) => ({
    body: path === '/v1/controls' ? { data: [{ ...control, rules: 2 }] } : answer,
  }))
  const list = await plaintrail(['controls', 'list', '-o', 'name'], { server: api.url })
  expect(list.out).toBe('pci:10.2.1.2\n')
  const shown = await plaintrail(['controls', 'show', 'pci:10.2.1.2'], { server: api.url })
  expect(api.requests.at(-1)?.path).toBe('/v1/controls/pci%3A10.2.1.2')
  expect(shown.out).toContain('pci:10.2.1.2  What administrators do\nPCI DSS 4.0.1\n')
  expect(shown.out).toContain('3 findings of 2 rules')
  expect(shown.out).toMatch(/shell-opened\s+high\s+3\s+7 or more\s+2026-11-20T11:00:00/)
  expect(shown.out).toContain('east  3 findings · nothing is known to be missing, and every rule could judge\n')
  expect(shown.out).toContain('west  0 findings · 1 gap in its events · not judged, or not all: quiet (cannot)\n')
  expect(shown.code).toBe(0)
  expect((await plaintrail(['controls', 'show', 'pci:10.2.1.2', '--require-complete'], { server: api.url })).code).toBe(
    3,
  )
})

test('controls show says what exceptions hide, since its numbers are without that', async () => {
  const [first, ...others] = answer.rules
  const rules = [{ ...first, exceptions: ['exc_4', 'exc_7'] }, ...others]
  const clusters = [{ ...answer.clusters[0], is_covered: false }]
  await using api = await startCannedApi(() => ({ body: { ...answer, rules, clusters } }))
  const shown = await plaintrail(['controls', 'show', 'pci:10.2.1.2'], { server: api.url })
  expect(shown.out).toContain('east  3 findings · exceptions hold\n')
  expect(shown.out).toContain('not counted: what exc_4, exc_7 hides of shell-opened (plaintrail exceptions list)\n')
})

test('controls show says which days were looked at, in clock times', async () => {
  await using api = await startCannedApi(() => ({
    body: {
      ...answer,
      findings_relation: 'gte',
      window: { since: answer.window.since, until: '2026-11-20T14:17:22.000000Z' },
    },
  }))
  const shown = await plaintrail(['controls', 'show', 'pci:10.2.1.2'], { server: api.url, isTty: true })
  expect(shown.out).toContain('08-22 12:00:00 to now: 3 or more findings of 2 rules')
  const piped = await plaintrail(['controls', 'show', 'pci:10.2.1.2'], { server: api.url })
  expect(piped.out).toContain('2026-08-22T12:00:00.000000Z to 2026-11-20T14:17:22.000000Z: 3 or more')
})

test('where a table has a dash, CSV has an empty cell', async () => {
  await using api = await startCannedApi(() => ({ body: answer }))
  const asked = ['controls', 'show', 'pci:10.2.1.2', '-o']
  expect((await plaintrail([...asked, 'table'], { server: api.url })).out).toMatch(/quiet +low +0 +0 +- +Nothing/)
  expect((await plaintrail([...asked, 'csv'], { server: api.url })).out).toContain('quiet,low,0,0,,Nothing\r\n')
})

test('an answer of another shape is none', async () => {
  await using api = await startCannedApi(() => ({ body: { data: [{}] } }))
  expect((await plaintrail(['controls', 'list'], { server: api.url })).code).toBe(8)
  expect((await plaintrail(['controls', 'show', 'x'], { server: api.url })).code).toBe(8)
})
