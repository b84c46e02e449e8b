import { spawnSync } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startCannedApi, type CannedAnswer, type CannedRequest } from '../testing/canned-api.ts'
import { plaintrail } from '../testing/captured-io.ts'
import { sampleToken } from '../testing/sample-token.ts'

/** As the API completes: the end of the query, after its last colon or space. */
const completing =
  (...texts: readonly string[]) =>
  ({ path, query }: CannedRequest): CannedAnswer | undefined => {
    if (path !== '/v1/queries/complete') return undefined
    const q = query.get('q') ?? ''
    const start = Math.max(q.lastIndexOf(':'), q.lastIndexOf(' '), q.lastIndexOf(',')) + 1
    const found = texts.filter((text) => text.startsWith(q.slice(start)))
    const candidates = found.map((text) => ({ text, description: `about ${text}` }))
    return { body: { span: { start, end: q.length }, candidates } }
  }

const offered = async (words: readonly string[], ...texts: readonly string[]): Promise<readonly string[]> => {
  await using api = await startCannedApi(completing(...texts))
  const done = await plaintrail(['__complete', ...words], { server: api.url })
  expect(done).toMatchObject({ code: 0, err: '' })
  return done.out.split('\n').slice(0, -1)
}

describe('what is offered', () => {
  test.each([
    [['ev'], ['events\tthe events that match']],
    [
      ['cluster', ''],
      ['add\tconnect a cluster', 'list\tthe connected clusters'],
    ],
    [['events', '--act'], ['--actor\twho did it: alice@acme.io, sa:ci/*, system:node:*']],
    [
      ['events', '-o', 'js'],
      ['json', 'jsonl'],
    ],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['show', ''], []],
    [['nothing', ''], []],
    [
      ['undo', 'deploy/x', 'evt_1', '--patch', ''],
      ['strategic', 'merge', 'json'],
    ],
    [
      ['blame', '--a'],
      [
        "--all-namespaces\tevery namespace, whatever the context's default is",
        '--at\tas it was then: 2d, 2026-11-20T14:03Z, evt_…, rv:123 (default: now)',
      ],
    ],
  ])('after %j', async (words, lines) => {
    expect(await offered(words)).toEqual(lines)
  })

  test('from the tokens that hold, to revoke one', async () => {
    const data = [sampleToken(), sampleToken({ name: 'al-robot', current: false }), sampleToken({ name: 'bob' })]
    await using api = await startCannedApi(({ path }) => (path === '/v1/tokens' ? { body: { data } } : undefined))
    const done = await plaintrail(['__complete', 'token', 'revoke', 'al'], { server: api.url })
    expect(done).toMatchObject({ code: 0, out: 'alice\tthe one you ask with\nal-robot\n' })
  })

  test.each([
    [['events', 'is:write', 'ns:prod,sh'], ['ns:prod,shop\tabout shop']],
    [['events', '-o', 'json', '--ns', 'sh'], ['shop\tabout shop']],
    [
      ['events', '--since', '7d', 's'],
      ['shop\tabout shop', 'stage\tabout stage'],
    ],
    [['query', 'explain', 'is:read', 'ns:st'], ['ns:stage\tabout stage']],
    [['who', 'sh'], ['shop\tabout shop']],
    [['activity', 'sh'], ['shop\tabout shop']],
    [['activity', 'alice', 'ns:st'], ['ns:stage\tabout stage']],
    [['who', '-n', 'sh'], ['shop\tabout shop']],
    [['diff', 'sh'], ['shop\tabout shop']],
    [['history', 'deploy', 'sh'], ['shop\tabout shop']],
    [['diff', 'deploy/shop', 's'], []],
    [['diff', 'deploy', 'shop', 's'], []],
  ])('from the names that there are, after %j', async (words, lines) => {
    expect(await offered(words, 'shop', 'stage')).toEqual(lines)
  })

  test('is nothing, and no error, where no server answers or it answers something else', async () => {
    const words = ['__complete', 'events', 'ns:']
    await using api = await startCannedApi(() => ({ status: 503, headers: { 'retry-after': '30' }, body: '<html>' }))
    const answers = [
      await plaintrail(words, { server: api.url }),
      await plaintrail(words, { server: 'nonsense' }),
      await plaintrail(words, { fetch: () => Promise.reject(new Error('no')) }),
      await plaintrail(['__complete']),
    ]
    for (const done of answers.slice(0, 3)) expect(done).toMatchObject({ code: 0, out: '', err: '', sleepsMs: [] })
    expect(answers[3]).toMatchObject({ code: 0, err: '' })
  })

  test('cannot be two lines, nor steer the terminal', async () => {
    expect(await offered(['events', 'ns:'], 'a\nb', '\u001b[2J')).toEqual([
      String.raw`ns:a\nb	about a\nb`,
      String.raw`ns:\x1b[2J	about \x1b[2J`,
    ])
  })
})

/** A shell that is not there is said not to be; bash is everywhere where tests run. */
function has(shell: string): boolean {
  const isThere = spawnSync(shell, ['-c', 'exit 0']).status === 0
  if (!isThere) console.warn(`${shell} is not on this machine: its completion is not tested`)
  return isThere
}

describe('the script', () => {
  let folder = ''
  const main = fileURLToPath(new URL('../main.ts', import.meta.url))

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plaintrail-completion-'))
    const program = join(folder, 'plaintrail')
    await writeFile(program, `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`)
    await chmod(program, 0o755)
  })

  afterAll(async () => {
    await rm(folder, { recursive: true })
  })

  const shellRuns = (shell: string, script: string, server: string) =>
    spawnSync(shell, ['-c', script], {
      encoding: 'utf8',
      env: {
        PATH: `${folder}${delimiter}${process.env['PATH']}`,
        HOME: folder,
        PLAINTRAIL_SERVER: server,
        PLAINTRAIL_TOKEN: 'ptr_1',
        TERM: 'dumb',
      },
    })

  /** What bash would put into the line, given what stands in it. */
  const bashOffers = (line: string, server = 'http://127.0.0.1:1'): readonly string[] => {
    const script = `source <(plaintrail completion bash); COMP_LINE=${JSON.stringify(line)}; COMP_POINT=\${#COMP_LINE}
      COMP_WORDBREAKS=$' \\t\\n"\\'><=;|&(:'; compopt() { :; }; _plaintrail; printf '%s\\n' "\${COMPREPLY[@]}"`
    const { stdout, stderr, status } = shellRuns('bash', script, server)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    return stdout.split('\n').filter((text) => text !== '')
  }

  test('of bash completes commands and flags by itself', () => {
    expect(bashOffers('plaintrail ev')).toEqual(['events'])
    expect(bashOffers('plaintrail cluster ')).toEqual(['add', 'list'])
    expect(bashOffers('plaintrail events --out')).toEqual(['--outcome', '--output'])
    expect(bashOffers('plaintrail -o json cluster l')).toEqual(['list'])
  })

  /** The server is asked by another process, so it must be one too. */
  const canned = (body: object): string =>
    `require('http').createServer((q,r)=>r.end(${JSON.stringify(JSON.stringify(body))})).listen(0,'127.0.0.1',function(){console.log(this.address().port)})`

  const withAnswer = async (span: object, texts: readonly string[], run: (server: string) => void): Promise<void> => {
    const { spawn } = await import('node:child_process')
    const body = { span, candidates: texts.map((text) => ({ text, description: '' })) }
    const server = spawn(process.execPath, ['-e', canned(body)], { stdio: ['ignore', 'pipe', 'ignore'] })
    try {
      const [port] = await new Promise<Buffer[]>(
        (resolve) => void server.stdout.once('data', (one: Buffer) => resolve([one])),
      )
      run(`http://127.0.0.1:${String(port).trim()}`)
    } finally {
      server.kill()
    }
  }

  test('of bash asks for names, and puts only what follows the last colon', async () => {
    await withAnswer({ start: 3, end: 5 }, ['shop'], (server) => {
      expect(bashOffers('plaintrail events ns:sh', server)).toEqual(['shop'])
    })
  })

  test('of bash offers no name that the shell would run, for clients choose theirs', async () => {
    const names = [
      '"$(id>pwned)"',
      '`id`',
      'a;id',
      'a&id',
      "a'id",
      'a|id',
      'a>id',
      'a\\id',
      'a!id',
      'a{b,c}',
      '~root',
      '*',
    ]
    await withAnswer({ start: 7, end: 7 }, [...names, 'kubectl', 'a,b', 'x@y=z/-+.:'], (server) => {
      expect(bashOffers('plaintrail events client:', server)).toEqual(['kubectl', 'a,b', 'x@y=z/-+.:'])
    })
  })

  test('of bash says nothing where no server answers', () => {
    expect(bashOffers('plaintrail events ns:')).toEqual([])
  })

  test.skipIf(!has('zsh'))('of zsh is a script that zsh takes', () => {
    const script = `autoload -U compinit; compinit -D -u; source <(plaintrail completion zsh); print $_comps[plaintrail]
      compadd() { print -l -- "\${names[@]}" }; words=(plaintrail cluster ''); CURRENT=3; _plaintrail
      words=(plaintrail events --outc); CURRENT=3; _plaintrail | grep -c outcome`
    const { stdout, stderr } = shellRuns('zsh', script, 'http://127.0.0.1:1')
    expect({ lines: stdout.trim().split('\n'), stderr }).toEqual({
      lines: ['_plaintrail', 'add', 'list', '1'],
      stderr: '',
    })
  })

  test.skipIf(!has('fish'))('of fish completes commands and flags', () => {
    const script = `plaintrail completion fish | source; complete -C 'plaintrail ev'; complete -C 'plaintrail cluster '; complete -C 'plaintrail events --outc'`
    const { stdout, stderr } = shellRuns('fish', script, 'http://127.0.0.1:1')
    expect({
      lines: stdout
        .trim()
        .split('\n')
        .map((line) => line.split('\t')[0]),
      stderr,
    }).toEqual({
      lines: ['events', 'add', 'list', '--outcome'],
      stderr: '',
    })
  })
})
