import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { plaintrail, type Captured } from '../testing/captured-io.ts'

let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plaintrail-sigma-'))
  await writeFile(join(folder, 'secrets.yml'), secrets)
  await writeFile(join(folder, 'many.yml'), many)
})

afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

const secrets = `title: Secret replaced
name: replaced
logsource:
  product: kubernetes
  service: audit
detection:
  write:
    verb: [replace, patch]
    objectRef.resource: secrets
  robots:
    username|startswith: 'system:serviceaccount:ci:'
  condition: write and not robots
level: high
tags: [attack.t1552.007]
`
const many = `title: Many secrets replaced
correlation:
  type: value_count
  rules: [replaced]
  group-by: [user.username]
  timespan: 30m
  condition: {gte: 5, field: objectRef.name}
level: critical
`

const run = (...args: readonly string[]): Promise<Captured> => plaintrail(args, { folder })

test('each rule is a file, correlations find theirs in others, and what is changed is told', async () => {
  const { code, out, err } = await run('sigma', 'import', 'secrets.yml', 'many.yml', '--out', 'made')
  expect([code, err]).toEqual([0, '1 rule from 2 files: 1 file written to made; 2 notes\n'])
  expect(out).toContain('secrets.yml:1:8: Many secrets replaced: the rule "Secret replaced": it is only a part of this')
  expect(out).toContain('secrets.yml:8:5: Many secrets replaced: verb replace: the audit log has no such verb')
  expect(await readdir(join(folder, 'made'))).toEqual(['sigma-many-secrets-replaced.yaml'])
  const text = await readFile(join(folder, 'made/sigma-many-secrets-replaced.yaml'), 'utf8')
  expect(text).toContain('  match: -actor:system:serviceaccount:ci:* verb:patch,update kind:secrets\n')
  expect(text).toContain('    distinct: object.name\n')
  expect((await run('rules', 'lint', 'made')).code).toBe(0)
})

test('a rule that cannot be said is named, and the others are written', async () => {
  await writeFile(join(folder, 'windows.yml'), secrets.replace('kubernetes', 'windows').replaceAll('replaced', 'other'))
  await writeFile(join(folder, 'odd.yml'), secrets.replace('|startswith', '|windash').replaceAll('replaced', 'odd'))
  const { code, out, err } = await run('sigma', 'import', '.', '--out', 'made')
  expect(code).toBe(6)
  expect(out).toContain(
    "windows.yml:4:3: Secret other: the rule: it is about the log windows/audit, not Kubernetes' audit log",
  )
  expect(out).toContain('odd.yml:11:5: Secret odd: the rule: could not carry over the modifier "windash"')
  expect(err).toContain('2 rules or items could not be carried over')
  expect(await readdir(join(folder, 'made'))).toEqual(['sigma-many-secrets-replaced.yaml'])
})

test('what is exported is imported as the same', async () => {
  await run('sigma', 'import', 'secrets.yml', '--out', 'made')
  await run('sigma', 'import', 'secrets.yml', 'many.yml', '--out', 'made')
  const { code, out, err } = await run('sigma', 'export', 'made')
  expect([code, err]).toEqual([0, ''])
  await writeFile(join(folder, 'again.yml'), out)
  expect((await run('sigma', 'import', 'again.yml', '--out', 'second')).code).toBe(0)
  for (const name of await readdir(join(folder, 'second')))
    expect(await readFile(join(folder, 'second', name), 'utf8')).toBe(
      await readFile(join(folder, 'made', name), 'utf8'),
    )
})

test('a rule of our own is exported where it is a match, and else refused', async () => {
  const own = (more: string): string =>
    `apiVersion: plaintrail.dev/v1\nkind: Rule\nmetadata: {name: own}\nspec:\n  title: Own\n  severity: low\n  match: ${more}\n`
  await writeFile(
    join(folder, 'own.yaml'),
    own('(verb:delete kind:deployments.apps OR code:>=500) -ns:kube-*\n  owner: us'),
  )
  const { code, out, err } = await run('sigma', 'export', 'own.yaml')
  expect([code, err]).toEqual([0, '! own: owner: Sigma has no place for it\n'])
  await writeFile(join(folder, 'own.yml'), out)
  expect((await run('rules', 'lint', 'own.yml')).code).toBe(0)
  await writeFile(join(folder, 'own.yaml'), own('is:human'))
  const refused = await run('sigma', 'export', 'own.yaml')
  expect([refused.code, refused.out]).toEqual([6, ''])
  expect(refused.err).toContain('! own: the rule: Sigma has no way to say its match')
})

test('a rule that somebody changed since is not exported as what it was', async () => {
  await run('sigma', 'import', 'secrets.yml', '--out', 'made')
  const path = join(folder, 'made/sigma-secret-replaced.yaml')
  await writeFile(path, (await readFile(path, 'utf8')).replace('kind:secrets', 'kind:secrets initiator:alice'))
  const { code, out, err } = await run('sigma', 'export', 'made')
  expect([code, out]).toEqual([6, ''])
  expect(err).toContain('! sigma-secret-replaced: the rule: Sigma has no way to say')
})

test('the file itself is a file of rules, also in a folder with others of Sigma', async () => {
  await writeFile(join(folder, 'windows.yml'), secrets.replace('kubernetes', 'windows').replaceAll('replaced', 'other'))
  await rm(join(folder, 'many.yml'))
  const { code, out, err } = await run('rules', 'lint')
  expect([code, err]).toEqual([0, '1 rule in 1 file; 1 YAML file without rules left out\n'])
  expect(out).toContain('secrets.yml:8:5: warning: verb replace: the audit log has no such verb: it says update')
})
