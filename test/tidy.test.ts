// The rules of this repository, as a test. ARCHITECTURE.md says why; this file says whether.

import { execFileSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')

/** Which rooms a room may import. An arrow that is not listed here does not exist. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  // pure: no I/O
  event: [],
  cel: [],
  ledger: [],
  query: ['event'],
  formats: ['event'],
  history: ['event'],
  rules: ['event', 'query', 'history', 'cel'],
  // ground: what every process shares
  runtime: [],
  // edge: one outside system each
  'event-log': ['event', 'runtime'],
  spool: ['event-log', 'runtime'],
  store: ['event', 'query', 'rules', 'history', 'ledger', 'event-log', 'runtime'],
  jobs: ['runtime'],
  'embedded-postgres': ['runtime'],
  'api-client': [],
  // processes
  receiver: ['event', 'event-log', 'spool', 'runtime', 'store'],
  worker: ['event', 'rules', 'history', 'ledger', 'event-log', 'store', 'runtime'],
  passwords: ['runtime'],
  migrate: ['event-log', 'jobs', 'store', 'runtime'],
  jobrunner: ['event', 'query', 'formats', 'jobs', 'store', 'rules', 'runtime'],
  api: ['event', 'query', 'formats', 'rules', 'history', 'ledger', 'store', 'runtime'],
  console: ['event', 'query', 'rules', 'history', 'cel', 'ledger'],
  cli: ['event', 'query', 'rules', 'history', 'cel', 'ledger', 'api-client'],
  standalone: [
    'event',
    'event-log',
    'jobs',
    'store',
    'embedded-postgres',
    'runtime',
    'receiver',
    'worker',
    'jobrunner',
    'api',
  ],
}

/** Of a room that may be imported, only these files: the receiver knows clusters and tokens, never events. */
const onlyFiles: Readonly<Record<string, readonly string[]>> = {
  'receiver → store': [
    'api-tokens',
    'clusters',
    'credentials',
    'database-settings',
    'gaps',
    'open-store',
    'redaction-key',
  ],
}

/** The only rooms that may import a library. */
const owners: Readonly<Record<string, readonly string[]>> = {
  kafkajs: ['event-log'],
  // embedded-postgres only asks whether its server answers; jobs hands BullMQ its pool.
  pg: ['store', 'embedded-postgres', 'jobs'],
  'drizzle-orm': ['store'],
  bullmq: ['jobs'],
  ioredis: ['jobs'],
  express: ['receiver', 'api'],
  zod: ['api'],
  'rate-limiter-flexible': ['api'],
  compression: ['api'],
  commander: ['cli'],
  rolldown: ['cli'],
  pino: ['runtime'],
  'prom-client': ['runtime'],
  'hyparquet-writer': ['formats'],
  diff: ['history'],
  re2js: ['cel'],
  '@peculiar/x509': ['runtime'],
  '@peculiar/asn1-csr': ['rules'],
  '@peculiar/asn1-schema': ['rules'],
  'reflect-metadata': ['runtime'],
}

/** Rooms that do no I/O and read no clock. */
const pureRooms = ['event', 'cel', 'ledger', 'query', 'formats', 'history', 'rules']
const impure = /^node:(fs|net|http|https|child_process|worker_threads|timers|dns|tls|os|process)(\/|$)/
const clock = /\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(|\bMath\.random\(/

interface Source {
  readonly path: string
  readonly room: string
  readonly text: string
}

const files: readonly Source[] = globSync(['packages/*/**/*.ts', 'services/*/**/*.ts'], {
  cwd: root,
  exclude: (path) => path.includes('node_modules'),
}).map((path) => ({ path, room: path.split('/')[1] ?? '', text: readFileSync(join(root, path), 'utf8') }))
const product = files.filter(({ path }) => !/\.(test|bench)\.ts$/.test(path))

const importsOf = (text: string): readonly string[] =>
  [...text.matchAll(/(?:^import |^(?:import|export)\b[^'"=(]*?\bfrom |\bimport\()['"]([^'"]+)['"]/gm)].map(
    (match) => match[1] ?? '',
  )

test('there is something to judge', () => {
  expect(files.length).toBeGreaterThan(50)
})

test('a room imports only the rooms below it', () => {
  const stray = product.flatMap(({ path, room, text }) =>
    importsOf(text)
      .filter((spec) => spec.startsWith('@plaintrail/'))
      .map((spec) => spec.split('/')[1] ?? '')
      .filter((target) => target !== room && mayImport[room]?.includes(target) !== true)
      .map((target) => `${path} → ${target}`),
  )
  expect(stray).toEqual([])
})

test('a room imports only the files of another that it may know', () => {
  const stray = product.flatMap(({ path, room, text }) =>
    importsOf(text)
      .filter((spec) => spec.startsWith('@plaintrail/'))
      .map((spec) => spec.split('/').slice(1))
      .filter(([target, file]) => onlyFiles[`${room} → ${target}`]?.includes(file ?? '') === false)
      .map((target) => `${path} → ${target.join('/')}`),
  )
  expect(stray).toEqual([])
})

test('each outside system has one room', () => {
  const stray = product.flatMap(({ path, room, text }) =>
    importsOf(text)
      .map((spec) => spec.split('/')[0] ?? '')
      .filter((library) => owners[library]?.includes(room) === false)
      .map((library) => `${path} → ${library}`),
  )
  expect(stray).toEqual([])
})

test('pure rooms do no I/O and read no clock', () => {
  const stray = product
    .filter(({ room }) => pureRooms.includes(room))
    .filter(({ text }) => clock.test(text) || importsOf(text).some((spec) => impure.test(spec)))
  // isIP is arithmetic on a text; that it lives in node:net is an accident.
  expect(stray.map(({ path }) => path).filter((path) => !isIpOnly(path))).toEqual([])
})

function isIpOnly(path: string): boolean {
  const text = files.find((file) => file.path === path)?.text ?? ''
  const specs = importsOf(text).filter((spec) => impure.test(spec))
  return (
    !clock.test(text) &&
    specs.every((spec) => spec === 'node:net') &&
    /import \{ isIP(v[46])? \} from 'node:net'/.test(text)
  )
}

test('relative imports stay inside the room', () => {
  const stray = files.filter(({ path, text }) => {
    const depth = path.split('/').length - 3
    return importsOf(text).some((spec) => spec.startsWith('../'.repeat(depth + 1)))
  })
  expect(stray.map(({ path }) => path)).toEqual([])
})

test('the environment is read in main.ts and nowhere else', () => {
  const stray = product.filter(({ path, text }) => !path.endsWith('/main.ts') && /\bprocess\.env\b/.test(text))
  expect(stray.map(({ path }) => path)).toEqual([])
})

test('main.ts only starts: at most 15 lines', () => {
  const long = product.filter(({ path, text }) => path.endsWith('/main.ts') && text.trimEnd().split('\n').length > 15)
  expect(long.map(({ path }) => path)).toEqual([])
})

test('no file or folder is named for nothing in particular', () => {
  const drawer = /(^|\/)(utils?|helpers?|common|shared|misc|base|lib|core|types|interfaces|constants|index)(\/|\.ts$)/
  expect(files.map(({ path }) => path).filter((path) => drawer.test(path))).toEqual([])
})

test('no way round the types: any, a non-null assertion, an ignored error', () => {
  const inCode = /(:\s*any\b|\bas any\b|[\w)\]]!\.|[\w)\]]!\[)/
  // These stand in comments, which withoutTexts takes away.
  const inComments = /\/[/*]\s*(@ts-ignore|@ts-expect-error|@ts-nocheck|oxlint-disable|eslint-disable)/
  const stray = files.filter(({ text }) => inCode.test(withoutTexts(text)) || inComments.test(text))
  expect(stray.map(({ path }) => path)).toEqual([])
})

/** Comments and string literals may say what code may not. */
function withoutTexts(text: string): string {
  return text.replaceAll(
    /\/\*[^]*?\*\/|\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|\/(?:[^/\\\n]|\\.)+\/[a-z]*/g,
    "''",
  )
}

test('SQL lists its columns', () => {
  const stray = product.filter(
    ({ room, text }) => room === 'store' && /select\s+\*\s+from\s+(?!unnest|input)/i.test(text),
  )
  expect(stray.map(({ path }) => path)).toEqual([])
})

test('every room has a README that opens with the purpose in its package.json', () => {
  const manifests = globSync(['packages/*/package.json', 'services/*/package.json'], { cwd: root })
  expect(manifests.length).toBeGreaterThan(8)
  for (const manifest of manifests) {
    const { description } = JSON.parse(readFileSync(join(root, manifest), 'utf8')) as { description?: string }
    const readme = readFileSync(join(root, manifest.replace('package.json', 'README.md')), 'utf8')
    expect(readme.split('\n')[2], manifest).toBe(description)
  }
})

test('every file that a package.json exports is there', () => {
  for (const manifest of globSync(['packages/*/package.json', 'services/*/package.json', 'test/package.json'], {
    cwd: root,
  })) {
    const { exports = {} } = JSON.parse(readFileSync(join(root, manifest), 'utf8')) as {
      exports?: Record<string, string>
    }
    const missing = Object.values(exports).filter((file) => globSync(join(root, manifest, '..', file)).length === 0)
    expect(missing, manifest).toEqual([])
  }
})

test('a test that is switched off does not land', () => {
  const tracked = globSync(['packages/**/*.test.ts', 'services/**/*.test.ts', 'test/**/*.test.ts'], {
    cwd: root,
    exclude: (path) => path.includes('node_modules'),
  })
  const off = tracked.filter((path) =>
    /\b(test|it|describe)\.(only|skip|todo)\(/.test(readFileSync(join(root, path), 'utf8')),
  )
  expect(off).toEqual([])
})

test('no line names a path of one machine', () => {
  const tracked = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).split('\n').filter(Boolean)
  const machine = new RegExp(['/wor', 'k/(main|shared)|/hom', 'e/[a-z]+/'].join(''))
  const stray = tracked
    .filter((path) => /\.(ts|mjs|md|json|ya?ml|sql)$/.test(path) && path !== 'package-lock.json')
    .filter((path) => machine.test(readFileSync(join(root, path), 'utf8')))
  expect(stray).toEqual([])
})
