import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { plaintrail, type Captured } from '../testing/captured-io.ts'

let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plaintrail-rules-'))
})

afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

async function put(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true })
  await writeFile(join(folder, path), content)
}

const run = (...args: readonly string[]): Promise<Captured> => plaintrail(['rules', ...args], { folder })

const rule = (name: string, spec: string, tests = ''): string =>
  `apiVersion: plaintrail.dev/v1\nkind: Rule\nmetadata: {name: ${name}}\nspec:\n  title: ${name} happened\n  ${spec.replaceAll('\n', '\n  ')}\n${tests}`

const exec = rule(
  'exec',
  'severity: high\nmatch: class:connect sub:exec\nsummary: "{{actor}} was in {{object.name}}"',
  'tests:\n  - {name: GET, event: {verb: get, objectRef: {resource: pods, subresource: exec, name: a}}, expect: {findings: 1}}\n',
)
const failing = rule(
  'fails',
  'severity: low\nmatch: verb:get',
  'tests:\n  - {name: one, event: {verb: get}, expect: {findings: 0}}\n',
)
const hostNetwork = rule(
  'host-network',
  'severity: medium\nmatch: verb:create\nwhere: podSpec.?hostNetwork.orValue(false)',
)

const event = (verb: string, more: object = {}): string =>
  JSON.stringify({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Metadata',
    auditID: `audit-${verb}`,
    stage: 'ResponseComplete',
    requestURI: '/api/v1/namespaces/shop/pods/web/exec',
    verb,
    user: { username: 'bob' },
    sourceIPs: ['192.0.2.7'],
    objectRef: { resource: 'pods', namespace: 'shop', name: 'web', subresource: 'exec', apiVersion: 'v1' },
    responseStatus: { code: 101 },
    requestReceivedTimestamp: '2026-11-20T10:00:00.000000Z',
    stageTimestamp: '2026-11-20T10:00:00.100000Z',
    ...more,
  })

describe('rules lint', () => {
  test('what is wrong is told as compilers do, with exit code 6', async () => {
    await put('rules/good.yaml', exec)
    await put('rules/bad.yaml', rule('bad', 'severity: hihg\nmatch: is:hmuan'))
    const { code, out, err } = await run('lint', 'rules')
    expect(out.split('\n')[0]).toBe(
      'rules/bad.yaml:6:13: could not read spec.severity: "hihg" is none of its values (Did you mean "high"?)',
    )
    expect(out.split('\n')[1]).toMatch(/^rules\/bad\.yaml:7:13: /)
    expect(err).toContain('1 rule in 2 files')
    expect(err).toContain('2 errors in 1 file')
    expect(code).toBe(6)
  })

  test('a folder is gone through; what has nothing to do with rules is left out, and a file that is named is not', async () => {
    await put('rules/deep/exec.yml', exec)
    await put('rules/kustomization.yaml', 'kind: Kustomization\n')
    await put('.plaintrail.yaml', 'apiVersion: plaintrail.dev/v1\nkind: Config\n')
    await put('node_modules/x.yaml', exec)
    await symlink(join(folder, 'rules/deep/exec.yml'), join(folder, 'rules/linked.yaml'))
    const { code, out, err } = await run('lint')
    expect(out).toBe(
      'rules/linked.yaml:3:18: another rule is named "exec": rules/deep/exec.yml:3 (Give one of them another name.)\n',
    )
    expect(err).toContain('1 YAML file without rules left out')
    expect(code).toBe(6)
    expect((await run('lint', 'rules/kustomization.yaml')).code).toBe(6)
  })

  test('a file that is not there, and a folder without rules, is exit code 2', async () => {
    expect(await run('lint', 'nowhere')).toMatchObject({ code: 2, err: expect.stringContaining('no such file') })
    await put('empty/a.txt', '')
    expect(await run('lint', 'empty')).toMatchObject({ code: 2, err: expect.stringContaining('there are no rules') })
  })

  test('what may surprise is a warning, and no failure', async () => {
    await put('a.yaml', rule('a', 'severity: low\nmatch: is:write\nwhere: object.spec.replicas == 0'))
    const { code, out } = await run('lint', 'a.yaml', '--reporter', 'github')
    expect(out).toMatch(/^a\.yaml:8:\d+: warning: where: object\.spec\.replicas may not be there.*\(Ask with has/)
    expect(out).toContain('\n::warning file=a.yaml,line=8,')
    expect(code).toBe(0)
  })

  test('programs get it as JSON', async () => {
    await put('a.yaml', rule('a', 'severity: x\nmatch: is:write'))
    expect(JSON.parse((await run('lint', '-o', 'json')).out)).toMatchObject({
      files: 1,
      rules: 0,
      errors: [{ file: 'a.yaml', line: 6, column: 13, hint: expect.any(String) }],
    })
  })
})

describe('rules test', () => {
  test('a table says what passed, and of what failed why', async () => {
    await put('rules/exec.yaml', exec)
    await put('rules/fails.yaml', failing)
    const { code, out } = await run('test', 'rules')
    expect(out.split('\n').map((line) => line.trimEnd())).toEqual([
      'RULE   CASE  RESULT',
      'exec   GET   pass',
      'fails  one   FAIL',
      '  expected 0 findings, got 1',
      '  matched: verb:get',
      '  event:   event 1  "test asked for / (kubectl)"',
      '  test:    rules/fails.yaml:9',
      '',
      '1 passed, 1 failed, 0 not evaluable · 0.00 s',
      '',
    ])
    expect(code).toBe(1)
    expect((await run('test', 'rules/exec.yaml')).code).toBe(0)
    expect((await run('test', 'rules', '--failures')).out).not.toContain('GET')
  })

  test('a rule that is wrong is exit code 6, and those that are right are tested', async () => {
    await put('a.yaml', `${exec}---\n${rule('b', 'severity: high\nmatch: is:x')}`)
    const { code, out } = await run('test', 'a.yaml')
    expect(code).toBe(6)
    expect(out).toContain('GET   pass')
    expect(out).toMatch(/^a\.yaml:\d+:\d+: could not read is/m)
  })

  test('fixtures are looked for beside the rule, and nowhere else', async () => {
    const tests =
      'tests:\n  - {fixture: fixtures/a.jsonl, expect: {findings: 1}}\n  - {fixture: none.jsonl, expect: {findings: 1}}\n'
    await put('rules/a.yaml', rule('a', 'severity: low\nmatch: sub:exec', tests))
    await put('rules/fixtures/a.jsonl', `${event('get')}\n`)
    const { code, out } = await run('test', 'rules')
    expect(out).toMatch(/test 1 +pass/)
    expect(out).toMatch(/test 2 +UNREADABLE/)
    expect(code).toBe(1)
  })

  test('all reports are written in one run', async () => {
    await put('rules/fails.yaml', failing)
    const reporters = ['junit=out/junit.xml', 'sarif=out/rules.sarif', 'github'].flatMap((one) => ['--reporter', one])
    const { code, out } = await run('test', 'rules', ...reporters)
    expect(code).toBe(1)
    expect(await readFile(join(folder, 'out/junit.xml'), 'utf8')).toContain(
      '<failure message="one: expected 0 findings, got 1">',
    )
    expect(await readFile(join(folder, 'out/rules.sarif'), 'utf8')).toContain('"uri": "rules/fails.yaml"')
    expect(out).toContain('::error file=rules/fails.yaml,line=9,col=12,title=fails%3A one::one: expected 0 findings')
  })

  test('without a path the rules that come with Plaintrail are tested, and all of them pass', async () => {
    const { code, out } = await run('test', '--failures')
    expect(out).toMatch(/\n[1-9]\d+ passed, 0 failed, 0 not evaluable/)
    expect(code).toBe(0)
  })
})

describe('rules run', () => {
  test('events of a log are judged, each with its line', async () => {
    await put('exec.yaml', exec)
    await put('audit.log.gz', gzipSync(`${event('list', { objectRef: { resource: 'pods' } })}\n\n${event('get')}\n`))
    const { code, out, err } = await run('run', 'exec.yaml', '--events', 'audit.log.gz', '-o', 'jsonl')
    expect(JSON.parse(out)).toEqual({
      result: 'match',
      rule: 'exec',
      severity: 'high',
      event: { auditID: 'audit-get', stage: 'ResponseComplete', file: 'audit.log.gz', line: 3 },
      finding: expect.stringMatching(/^fnd_[0-9A-Z]{26}$/),
      summary: 'bob was in web',
      missing: [],
    })
    expect(err).toContain('2 events, 1 rule: 1 finding of 1 match, 0 not evaluable, 0 errors')
    expect(code).toBe(0)
  })

  test('the exit code says what somebody asked it to say', async () => {
    await put('exec.yaml', exec)
    await put('audit.log', event('get'))
    const code = async (...args: readonly string[]): Promise<number> =>
      (await run('run', 'exec.yaml', '--events', 'audit.log', ...args)).code
    expect(await code()).toBe(0)
    expect(await code('--exit-code')).toBe(1)
    expect(await code('--fail-on', 'severity>=high')).toBe(1)
    expect(await code('--fail-on', 'severity>=critical')).toBe(0)
    expect(await code('--fail-on', 'high')).toBe(1)
    expect(await code('--fail-on', 'severity>=grave')).toBe(2)
    expect((await run('run', 'exec.yaml')).code).toBe(2)
  })

  test('a condition decides which matches are told', async () => {
    await put('many.yaml', rule('many', 'severity: low\nmatch: sub:exec\ncondition: {count: 2, within: 1m}'))
    const later = event('get', { auditID: 'b', requestReceivedTimestamp: '2026-11-20T12:00:00Z' })
    const near = event('get', { auditID: 'c', requestReceivedTimestamp: '2026-11-20T12:00:30Z' })
    await put('audit.log', [event('get'), later, near].join('\n'))
    const { out } = await run('run', 'many.yaml', '--events', 'audit.log', '-o', 'jsonl')
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { event: { line: number } }).event.line),
    ).toEqual([2, 3])
  })

  test('what could not be judged is told with why, and is exit code 3 with --require-complete', async () => {
    await put('rule.yaml', hostNetwork)
    await put('audit.log', event('create', { objectRef: { resource: 'pods', name: 'a' }, requestURI: '/api/v1/pods' }))
    const { code, err } = await run('run', 'rule.yaml', '--events', 'audit.log')
    expect(err).toContain('! host-network could not judge it: /podSpec')
    expect(err).toContain('(audit.log:1)')
    expect(code).toBe(0)
    expect((await run('run', 'rule.yaml', '--events', 'audit.log', '--require-complete')).code).toBe(3)
  })

  test('a rule that goes wrong is exit code 6', async () => {
    await put('rule.yaml', rule('wrong', 'severity: low\nmatch: verb:get\nwhere: actor.extra.x == 1'))
    await put('audit.log', event('get'))
    expect(await run('run', 'rule.yaml', '--events', 'audit.log')).toMatchObject({
      code: 6,
      err: expect.stringContaining('wrong went wrong'),
    })
  })

  test('lines that are no events are told, and the others are judged', async () => {
    await put('exec.yaml', exec)
    await put('audit.log', `${event('get')}\n{"kind":\n{"kind":"Pod"}\n`)
    const { code, out, err } = await run('run', 'exec.yaml', '--events', 'audit.log')
    expect(out).toContain('bob was in web')
    expect(err).toContain('! audit.log:2: this line is no audit event')
    expect(err).toContain('! audit.log:3: this line is no audit event')
    expect(code).toBe(3)
  })

  test('manifests are judged as if somebody had applied them', async () => {
    await put('rule.yaml', hostNetwork)
    await put(
      'deploy/web.yaml',
      'apiVersion: v1\nkind: Service\nmetadata: {name: a}\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {template: {spec: {hostNetwork: true, containers: []}}}\n',
    )
    await put('deploy/pod.json', JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'b' }, spec: {} }))
    const { code, out } = await run('run', 'rule.yaml', '--manifests', 'deploy', '--exit-code', '-o', 'jsonl')
    expect(JSON.parse(out)).toMatchObject({ result: 'match', event: { file: 'deploy/web.yaml', line: 5 } })
    expect(code).toBe(1)
  })

  test('a report names the line of the event', async () => {
    await put('exec.yaml', exec)
    await put('audit.log', `\n${event('get')}`)
    const { out } = await run('run', 'exec.yaml', '--events', 'audit.log', '--reporter', 'github')
    expect(out).toContain('::error file=audit.log,line=2,col=1,title=exec%3A bob was in web::bob was in web')
  })

  test('what somebody named an object does not steer a terminal', async () => {
    await put('exec.yaml', exec)
    await put('audit.log', event('get', { user: { username: '\u001b[31mred\n::error::x' } }))
    const { out } = await run('run', 'exec.yaml', '--events', 'audit.log')
    expect(out).toContain(String.raw`\x1b[31mred\n::error::x`)
  })

  test('a hundred rules over a thousand events take some seconds', async () => {
    const names = ['pods', 'secrets', 'configmaps', 'deployments', 'roles']
    const all = Array.from({ length: 100 }, (_, at) =>
      rule(
        `r${at}`,
        `severity: low\nmatch: kind:${names[at % 5]} verb:create,get ns:ns-${at % 10}\nwhere: event.name != "x${at}" && (!has(object.spec) || object.spec.?replicas.orValue(0) < ${at})`,
      ),
    )
    await put('rules/all.yaml', all.join('---\n'))
    const events = Array.from({ length: 1000 }, (_, at) =>
      event(at % 2 === 0 ? 'create' : 'get', {
        auditID: `a${at}`,
        level: 'RequestResponse',
        objectRef: { resource: names[at % 5], namespace: `ns-${at % 10}`, name: `n${at}` },
        responseObject: {
          kind: 'Thing',
          apiVersion: 'v1',
          metadata: { name: `n${at}`, uid: `u${at}` },
          spec: { replicas: at },
        },
      }),
    )
    await put('audit.log', events.join('\n'))
    const began = performance.now()
    const { code, err } = await run('run', 'rules', '--events', 'audit.log', '-o', 'json')
    const seconds = (performance.now() - began) / 1000
    console.info(`100 rules over 1,000 events: ${seconds.toFixed(2)} s, rules read and results printed`)
    expect(code).toBe(0)
    expect(err).toMatch(/1000 events, 100 rules: [1-9]/)
    // Aim 3 s on a quiet machine.
    expect(seconds).toBeLessThan(30)
  })
})
