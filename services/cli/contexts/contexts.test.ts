import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { problem, startCannedApi, type CannedApi } from '../testing/canned-api.ts'
import { plaintrail, type Captured, type Surroundings } from '../testing/captured-io.ts'
import { sampleEvent, samplePage } from '../testing/sample-event.ts'
import { sampleToken } from '../testing/sample-token.ts'

let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plaintrail-contexts-'))
})

afterEach(async () => {
  await rm(folder, { recursive: true })
})

const run = (args: string, surroundings: Surroundings = {}): Promise<Captured> =>
  plaintrail(args.split(' '), {
    folder: join(folder, 'project'),
    isAlive: () => false,
    ...surroundings,
    env: { HOME: folder, ...surroundings.env },
  })

const events = () => startCannedApi(() => ({ body: samplePage([sampleEvent()]) }))
const asked = (api: CannedApi) => api.requests.map(({ query, authorization }) => [query.toString(), authorization])
const configFile = () => join(folder, '.config/plaintrail/config.yaml')

describe('contexts', () => {
  test('are added, chosen, listed and removed, and the comments of whoever writes the file stay', async () => {
    await run('context add prod --server https://plaintrail.acme.io -c eks-eu')
    await writeFile(configFile(), `# mine\n${await readFile(configFile(), 'utf8')}`)
    await run('context add demo --server http://127.0.0.1:7717')
    expect((await run('context list -o name')).out).toBe('prod\ndemo\n')
    expect((await run('context list --no-headers')).out).toMatch(/^\* +prod .*eks-eu/)
    expect(await run('context use demo')).toMatchObject({ code: 0, err: 'the current context is demo\n' })
    await run('context remove prod')
    const text = await readFile(configFile(), 'utf8')
    expect(text).toContain('# mine')
    expect(text).toContain('current-context: demo')
    expect(text).not.toContain('acme')
    await run('context remove demo')
    expect(await readFile(configFile(), 'utf8')).not.toContain('current-context')
  })

  test('that are not there are told with those that are', async () => {
    await run('context add prod --server https://plaintrail.acme.io')
    expect(await run('context use prd')).toMatchObject({ code: 2, err: expect.stringContaining('There is prod.') })
    expect(await run('events --context prd')).toMatchObject({ code: 2 })
  })

  test('in a file that cannot be read are an error that names it', async () => {
    await mkdir(join(folder, '.config/plaintrail'), { recursive: true })
    for (const text of ['contexts: [', 'contexts: 7', 'contexts: [{name: x}]', '- a']) {
      await writeFile(configFile(), text)
      expect(await run('events')).toMatchObject({ code: 2, err: expect.stringContaining(configFile()) })
    }
  })
})

describe('which server is asked', () => {
  test('is what was typed, else the environment, else the project, else the current context', async () => {
    const apis = await Promise.all([events(), events(), events(), events()])
    const [flag, environment, project, user] = apis
    await run(`context add user --server ${user?.url}`)
    await run(`context add project --server ${project?.url}`)
    await run('context use user')
    await run('events')
    await mkdir(join(folder, 'project/deep'), { recursive: true })
    await writeFile(join(folder, 'project/.plaintrail.yaml'), 'context: project\n')
    await run('events', { folder: join(folder, 'project/deep') })
    await run('events', { env: { PLAINTRAIL_SERVER: environment?.url ?? '' } })
    await run(`events --server ${flag?.url}`, { env: { PLAINTRAIL_SERVER: environment?.url ?? '' } })
    await run('events --context project', { env: { PLAINTRAIL_SERVER: environment?.url ?? '' } })
    await run('events', { env: { PLAINTRAIL_CONTEXT: 'user' } })
    expect(apis.map((api) => api.requests.length)).toEqual([1, 1, 2, 2])
    for (const api of apis) await api[Symbol.asyncDispose]()
  })

  test('a cloned repository cannot say', async () => {
    await using evil = await events()
    await mkdir(join(folder, 'project'))
    await writeFile(join(folder, 'project/.plaintrail.yaml'), `server: ${evil.url}\ncontext: evil\n`)
    expect(await run('events', { env: { PLAINTRAIL_TOKEN: 'ptr_1' } })).toMatchObject({ code: 2 })
    await writeFile(join(folder, 'project/.plaintrail.yaml'), `server: ${evil.url}\n`)
    await run('events', { env: { PLAINTRAIL_TOKEN: 'ptr_1' }, fetch: () => Promise.reject(new Error('no')) })
    expect(evil.requests).toHaveLength(0)
  })

  test('is told by whoami, with the beginning of the token and where both are from', async () => {
    await using api = await startCannedApi(() => ({ body: { version: '9.9.9', ...sampleToken() } }))
    await run(`context add prod --server ${api.url} -q is:write`)
    const done = await run('whoami', { env: { PLAINTRAIL_TOKEN: 'ptr_0123456789' } })
    expect(done.out).toContain(`${api.url}/ (from context prod (the current context))`)
    expect(done.out).toContain('ptr_0123… (from PLAINTRAIL_TOKEN)')
    expect(done.out).toContain('9.9.9')
    expect(done.out).toMatch(/as +alice, until 2027-03-01/)
    expect(done.out).not.toContain('ptr_0123456789')
  })
})

describe('a token', () => {
  test('is kept for its server, only for its owner to read, and forgotten', async () => {
    await using api = await startCannedApi(() => ({ body: { data: [] } }))
    await using other = await startCannedApi(() => ({ body: { data: [] } }))
    const done = await run(`login --server ${api.url}`, { stdin: [Buffer.from('ptr_kept\n')] })
    const path = join(folder, '.config/plaintrail/credentials.yaml')
    expect(done).toMatchObject({ code: 0, err: expect.stringContaining('not encrypted') })
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    await run(`cluster list --server ${api.url}`)
    await run(`cluster list --server ${other.url}`)
    expect(asked(api).map(([, token]) => token)).toEqual(['Bearer ptr_kept', 'Bearer ptr_kept'])
    expect(asked(other).map(([, token]) => token)).toEqual([undefined])
    expect((await run(`logout --server ${api.url}`)).err).toContain('was forgotten')
    expect(await readFile(path, 'utf8')).not.toContain('ptr_kept')
    expect((await run(`logout --server ${api.url}`)).err).toContain('no token was kept')
  })

  test('can be typed, and is not kept where the server does not know it', async () => {
    await using api = await startCannedApi(() => ({ status: 401, body: problem(401, 'auth_required', 'Who?') }))
    expect(await run(`login --server ${api.url}`, { secret: 'ptr_typed' })).toMatchObject({ code: 4 })
    expect(asked(api)).toEqual([['', 'Bearer ptr_typed']])
    await expect(stat(join(folder, '.config/plaintrail/credentials.yaml'))).rejects.toThrow('ENOENT')
  })

  test.each(['', 'pti_1', 'ptr_a b', 'x'.repeat(10_000)])('that is none is not sent: %#', async (text) => {
    await using api = await events()
    expect(await run(`login --server ${api.url}`, { stdin: [Buffer.from(text)] })).toMatchObject({ code: 2 })
    expect(api.requests).toHaveLength(0)
  })

  test('of the environment goes to the server of the environment only', async () => {
    await using mine = await events()
    await using other = await events()
    const env = { PLAINTRAIL_SERVER: mine.url, PLAINTRAIL_TOKEN: 'ptr_env' }
    await run('events', { env })
    await run(`events --server ${other.url}`, { env })
    await run(`events --server ${other.url}`, { env: { PLAINTRAIL_TOKEN: 'ptr_env' } })
    expect(asked(mine).map(([, token]) => token)).toEqual(['Bearer ptr_env'])
    expect(asked(other).map(([, token]) => token)).toEqual([undefined, 'Bearer ptr_env'])
  })
})

describe('a token over plain http://', () => {
  const far = 'http://plaintrail.acme.io:7717'
  const env = { PLAINTRAIL_TOKEN: 'ptr_1' }
  /** Runs without a network, and returns where the token would have gone. */
  const sent = async (args: string, surroundings: Surroundings = {}) => {
    const tokens: string[] = []
    const fetch = async (url: unknown, init: RequestInit = {}): Promise<Response> => {
      if (new Headers(init.headers).has('authorization')) tokens.push(String(url))
      return Response.json({ data: [] })
    }
    const done = await run(args, { ...surroundings, fetch, env: { ...env, ...surroundings.env } })
    return { ...done, tokens }
  }
  const refused = {
    code: 2,
    out: '',
    tokens: [],
    err: expect.stringMatching(/the token would go there unencrypted\n.*https:\/\/[^]*--insecure-http/),
  }
  const allowed = { code: 0, tokens: [`${far}/v1/clusters`] }

  test('goes to no other machine, wherever the server is named', async () => {
    await run(`context add far --server ${far}`)
    expect(await sent(`cluster list --server ${far}`)).toMatchObject(refused)
    expect(await sent('cluster list', { env: { PLAINTRAIL_SERVER: far } })).toMatchObject(refused)
    expect(await sent('cluster list')).toMatchObject(refused)
    expect(await sent('api GET /v1/clusters --context far')).toMatchObject(refused)
    expect(await sent('cluster list --server http://127.0.0.1.acme.io')).toMatchObject(refused)
    expect(await sent('login', { secret: 'ptr_typed', env: { PLAINTRAIL_TOKEN: '' } })).toMatchObject(refused)
  })

  test('goes where somebody says so, by the flag, the environment or the context', async () => {
    expect(await sent(`cluster list --server ${far} --insecure-http`)).toMatchObject(allowed)
    const inEnvironment = { PLAINTRAIL_SERVER: far, PLAINTRAIL_INSECURE_HTTP: '1' }
    expect(await sent('cluster list', { env: inEnvironment })).toMatchObject(allowed)
    expect(await sent('cluster list', { env: { ...inEnvironment, PLAINTRAIL_INSECURE_HTTP: '0' } })).toMatchObject(
      refused,
    )
    await run(`context add far --server ${far} --insecure-http`)
    expect(await sent('cluster list')).toMatchObject(allowed)
    expect((await run('context list -o json')).out).toContain('"insecure_http": true')
  })

  test('goes nowhere else because of what a context says of its own server', async () => {
    await run(`context add far --server ${far} --insecure-http`)
    expect(await sent('cluster list --server http://other.acme.io')).toMatchObject(refused)
  })

  test('goes to this machine, and no token hinders nobody', async () => {
    for (const server of ['http://localhost:7717', 'http://127.9.9.9:7717', 'http://[::1]:7717'])
      expect(await sent(`cluster list --server ${server}`)).toMatchObject({
        code: 0,
        tokens: [`${server}/v1/clusters`],
      })
    expect(await sent(`cluster list --server ${far}`, { env: { PLAINTRAIL_TOKEN: '' } })).toMatchObject({
      code: 0,
      tokens: [],
    })
    expect(await sent('cluster list --server https://plaintrail.acme.io')).toMatchObject({ code: 0 })
  })
})

describe('defaults', () => {
  test('of a context are asked with, told, and left out where something else is said', async () => {
    await using api = await events()
    await run(`context add prod --server ${api.url} -c eks-eu,gke-us -n shop -q is:write`)
    const done = await run('events name:x OR name:y')
    expect(done.err).toContain('asking with cluster:eks-eu,gke-us ns:shop is:write (--no-defaults leaves it out)')
    await run('events -n web -c lab')
    await run('events ns:web -A')
    await run('events --no-defaults')
    await run('events', { env: { PLAINTRAIL_CLUSTER: 'aks' } })
    expect(asked(api).map(([query]) => query)).toEqual([
      'q=%28is%3Awrite%29+%28name%3Ax+OR+name%3Ay%29&ns=shop&cluster=eks-eu&cluster=gke-us',
      'q=is%3Awrite&ns=web&cluster=lab',
      'q=%28is%3Awrite%29+%28ns%3Aweb%29&cluster=eks-eu&cluster=gke-us',
      '',
      'q=is%3Awrite&ns=shop&cluster=aks',
    ])
  })

  test('of a project win over those of the context', async () => {
    await using api = await events()
    await run(`context add prod --server ${api.url} -c eks-eu -n shop`)
    await mkdir(join(folder, 'project'))
    await writeFile(join(folder, 'project/.plaintrail.yaml'), 'defaults: {namespace: web}\n')
    await run('events')
    expect(asked(api)[0]?.[0]).toBe('ns=web&cluster=eks-eu')
  })
})

describe('what the .plaintrail.yaml of a repository says', () => {
  const path = () => join(folder, 'project/.plaintrail.yaml')
  const clone = async (text: string): Promise<void> => {
    await mkdir(join(folder, 'project'))
    await writeFile(path(), text)
  }
  const hiding = 'defaults: {cluster: decoy, namespace: web, query: "-actor:mallory"}\n'
  const anything = () =>
    startCannedApi(({ path: asking }) =>
      asking === '/v1/events/stream'
        ? {
            headers: { 'content-type': 'text/event-stream' },
            body: `event: event\ndata: ${JSON.stringify(sampleEvent())}\n\n`,
          }
        : { body: asking.startsWith('/v1/tokens/') ? sampleToken() : samplePage([sampleEvent()]) },
    )

  test.each([
    ['events', 'cluster:decoy ns:web -actor:mallory'],
    ['events -n shop --quiet -o json', 'cluster:decoy -actor:mallory'],
    ['tail --limit 1 --quiet', 'cluster:decoy ns:web -actor:mallory'],
    ['actors --quiet', 'cluster:decoy ns:web -actor:mallory'],
    ['sessions -c lab --quiet', 'ns:web -actor:mallory'],
    ['query explain is:write --quiet', 'cluster:decoy ns:web -actor:mallory'],
    ['who deploy/checkout --quiet -o json', 'cluster:decoy ns:web'],
    ['who deploy/checkout -A --quiet', 'cluster:decoy'],
    ['actor mallory --quiet', 'cluster:decoy'],
  ])('is told with its path, though nothing else is: %s', async (args, words) => {
    await using api = await anything()
    await clone(hiding)
    const done = await run(`${args} --server ${api.url}`)
    expect(done.err).toContain(`! asking with ${words}, as ${path()} says (--no-project ignores it)\n`)
  })

  test('is ignored by the flag and by the environment', async () => {
    await using api = await anything()
    await clone(hiding)
    const ways = [
      ['--no-project', '0'],
      ['--no-project --quiet', ''],
      ['--utc', '1'],
    ] as const
    for (const [flags, value] of ways) {
      const done = await run(`events ${flags} --server ${api.url}`, { env: { PLAINTRAIL_NO_PROJECT: value } })
      expect(done.err).not.toContain('asking')
    }
    expect(asked(api).map(([query]) => query)).toEqual(['', '', ''])
  })

  test('cannot rub out that it is told, whatever characters it has', async () => {
    await using api = await anything()
    await clone('defaults: {query: "-actor:mallory \\e[2K\\r\\e[8m"}\n')
    const done = await run(`events --server ${api.url}`)
    expect(done.err).toContain(String.raw`-actor:mallory \x1b[2K\r\x1b[8m, as ${path()} says`)
  })

  test('is told where it chooses a context, and nothing is told where it decides nothing', async () => {
    await using api = await anything()
    await run(`context add demo --server ${api.url} -n shop`)
    await clone('context: demo\n')
    const words = `! asking by context demo, as ${path()} says (--no-project ignores it)\n`
    expect((await run('events --quiet -o name')).err).toBe(words)
    expect((await run('cluster list')).err).toContain(words)
    expect((await run('events --quiet --context demo')).err).toBe('')
    expect((await run('whoami --no-project')).out).toMatch(/project +-\n/)
  })
})

describe('as the plugin of kubectl', () => {
  const kubeconfig = (current: string, namespace: string | null) =>
    `current-context: ${current}\ncontexts:\n  - name: arn:eu\n    context: {cluster: c${namespace === null ? '' : `, namespace: ${namespace}`}}\n`

  test('its current context chooses cluster and namespace', async () => {
    await using api = await events()
    await using other = await events()
    await run(`context add demo --server ${other.url}`)
    await run(`context add prod --server ${api.url} --kube-context eks-eu=arn:eu`)
    await mkdir(join(folder, '.kube'))
    await writeFile(join(folder, '.kube/config'), kubeconfig('arn:eu', 'shop'))
    await run('events', { isKubectlPlugin: true })
    await run('events -A', { isKubectlPlugin: true })
    expect(asked(api).map(([query]) => query)).toEqual(['ns=shop&cluster=eks-eu', 'cluster=eks-eu'])
    await run('events')
    expect(asked(other).map(([query]) => query)).toEqual([''])
  })

  test('several files of KUBECONFIG are put together as kubectl does it', async () => {
    await using api = await events()
    await run(`context add prod --server ${api.url} --kube-context eks-eu=arn:eu`)
    await writeFile(join(folder, 'a'), 'contexts: []\n')
    await writeFile(join(folder, 'b'), kubeconfig('arn:eu', null))
    await writeFile(join(folder, 'c'), kubeconfig('other', 'late'))
    const KUBECONFIG = ['a', 'missing', 'b', 'c'].map((name) => join(folder, name)).join(':')
    await run('events', { isKubectlPlugin: true, env: { KUBECONFIG } })
    expect(asked(api).map(([query]) => query)).toEqual(['ns=default&cluster=eks-eu'])
  })

  test('an object is looked for in the namespace and outside of all', async () => {
    await using api = await events()
    await run(`context add prod --server ${api.url} --kube-context eks-eu=arn:eu`)
    await mkdir(join(folder, '.kube'))
    await writeFile(join(folder, '.kube/config'), kubeconfig('arn:eu', 'shop'))
    const done = await run('who deploy/checkout', { isKubectlPlugin: true })
    expect(done.code).toBe(0)
    expect(api.requests[0]?.query.getAll('ns')).toEqual(['shop', ''])
    expect(api.requests[0]?.query.getAll('cluster')).toEqual(['eks-eu'])
  })

  test('a context of kubectl that no context of ours knows is told, and every cluster asked', async () => {
    await using api = await events()
    await run(`context add prod --server ${api.url}`)
    await mkdir(join(folder, '.kube'))
    await writeFile(join(folder, '.kube/config'), kubeconfig('arn:eu', 'shop'))
    const done = await run('events', { isKubectlPlugin: true })
    expect(done.err).toContain("which one kubectl's context arn:eu is, say with --kube-context CLUSTER=arn:eu")
    expect(asked(api).map(([query]) => query)).toEqual(['ns=shop'])
    expect((await run('events -c lab', { isKubectlPlugin: true })).code).toBe(0)
  })

  test('help speaks of kubectl plaintrail', async () => {
    expect((await run('--help', { isKubectlPlugin: true })).out).toContain('Usage: kubectl plaintrail')
  })
})
