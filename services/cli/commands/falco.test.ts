import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { plaintrail, type Captured } from '../testing/captured-io.ts'

let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plaintrail-falco-'))
  await writeFile(join(folder, 'rules.yaml'), falco)
  await writeFile(join(folder, 'ours.yaml'), ours)
})

afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

const falco = `- macro: kevt
  condition: (jevt.value[/stage]=ResponseComplete)
- list: known
  items: [alice]
- rule: Attach/Exec Pod
  desc: Somebody was in a pod.
  condition: kevt and ka.target.subresource in (exec, attach) and not ka.user.name in (known)
  output: In a pod (user=%ka.user.name reason=%ka.auth.reason)
  priority: NOTICE
  source: k8s_audit
  tags: [k8s]
`
const ours = `- list: known
  items: [bob]
  append: true
`

const run = (...args: readonly string[]): Promise<Captured> => plaintrail(args, { folder })

test('each rule is a file, later files change earlier ones, and what is lost is told', async () => {
  const { code, out, err } = await run('falco', 'import', 'rules.yaml', 'ours.yaml', '--out', 'made')
  expect([code, err]).toEqual([0, '1 rule from 2 files: 1 file written to made; 1 note\n'])
  expect(out).toBe('rules.yaml:5:3: Attach/Exec Pod: output: a summary has no field for %ka.auth.reason\n')
  const text = await readFile(join(folder, 'made/falco-attach-exec-pod.yaml'), 'utf8')
  expect(text).toContain('match: -actor:alice,bob sub:attach,exec stage:ResponseComplete')
  expect((await run('rules', 'lint', 'made')).code).toBe(0)
  const again = await run('falco', 'import', 'rules.yaml', 'ours.yaml', '--out', 'made')
  expect(again.err).toContain('0 files written')
})

test('a file that says something else is written over only when that is said', async () => {
  await run('falco', 'import', 'rules.yaml', '--out', 'made')
  const refused = await run('falco', 'import', 'rules.yaml', 'ours.yaml', '--out', 'made')
  expect([refused.code, refused.err]).toEqual([
    2,
    expect.stringContaining('falco-attach-exec-pod.yaml says something else already'),
  ])
  expect((await run('falco', 'import', 'rules.yaml', 'ours.yaml', '--out', 'made', '--overwrite')).code).toBe(0)
  expect(await readdir(join(folder, 'made'))).toEqual(['falco-attach-exec-pod.yaml'])
})

test('a rule that cannot be said is named, and the others are written', async () => {
  await writeFile(join(folder, 'ours.yaml'), `${ours}- rule: Kernel\n  condition: evt.type=open\n  output: x\n`)
  const { code, out, err } = await run('falco', 'import', 'rules.yaml', 'ours.yaml', '--out', 'made')
  expect(code).toBe(6)
  expect(out).toContain('ours.yaml:4:3: rule Kernel: it is about events of syscall, not of a Kubernetes audit log')
  expect(err).toContain('1 rule or item could not be carried over')
  expect(await readdir(join(folder, 'made'))).toEqual(['falco-attach-exec-pod.yaml'])
  const json = await run('falco', 'import', 'rules.yaml', '--out', 'made', '--overwrite', '-o', 'json')
  expect(JSON.parse(json.out)).toMatchObject({
    files: ['made/falco-attach-exec-pod.yaml'],
    notes: [{ kind: 'changed' }],
  })
})

test('what is exported is imported as the same', async () => {
  await run('falco', 'import', 'rules.yaml', 'ours.yaml', '--out', 'made')
  const { code, out } = await run('falco', 'export', 'made')
  expect(code).toBe(0)
  await writeFile(join(folder, 'again.yaml'), out)
  await run('falco', 'import', 'again.yaml', '--out', 'second')
  const texts = await Promise.all(
    ['made', 'second'].map((name) => readFile(join(folder, name, 'falco-attach-exec-pod.yaml'), 'utf8')),
  )
  expect(texts[0]).toBe(texts[1])
})

test('the file itself is a file of rules, also in a folder', async () => {
  await rm(join(folder, 'ours.yaml'))
  const { code, out, err } = await run('rules', 'lint')
  expect([code, err]).toEqual([0, '1 rule in 1 file\n'])
  expect(out).toContain('rules.yaml:5:3: warning: output: a summary has no field for %ka.auth.reason')
})
