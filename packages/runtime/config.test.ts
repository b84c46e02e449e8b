// What an operator can rely on when setting a variable.
import { describe, expect, expectTypeOf, test } from 'vitest'
import {
  ConfigError,
  boolean,
  bytes,
  choice,
  duration,
  integer,
  list,
  path,
  port,
  readConfig,
  settingsMarkdown,
  text,
  url,
} from './config.ts'
import type { Config, SettingsTable } from './config.ts'

const table = {
  port: { env: 'PLAINTRAIL_PORT', parse: port, default: '7717', describe: 'Where the API listens.' },
  level: {
    env: 'PLAINTRAIL_LOG_LEVEL',
    parse: choice('debug', 'info', 'warn'),
    default: 'info',
    describe: 'How much is logged: debug | info | warn.',
  },
  database: {
    env: 'DATABASE_URL',
    parse: url,
    default: null,
    describe: 'The address of your own Postgres.',
    secret: true,
  },
  cluster: {
    env: 'PLAINTRAIL_CLUSTER',
    parse: text,
    default: null,
    required: true,
    describe: 'Give the name of the cluster.',
  },
} as const satisfies SettingsTable

describe('a process reads its table', () => {
  test('what is not set takes its default, and what may be left out is null', () => {
    const config = readConfig(table, { PLAINTRAIL_CLUSTER: 'prod' })
    expect(config).toEqual({ port: 7717, level: 'info', database: null, cluster: 'prod' })
    expectTypeOf(config).toEqualTypeOf<{
      readonly port: number
      readonly level: 'debug' | 'info' | 'warn'
      readonly database: URL | null
      readonly cluster: string
    }>()
    expectTypeOf<Config<typeof table>>().toEqualTypeOf(config)
  })

  test('a variable that is empty counts as not set', () => {
    expect(readConfig(table, { PLAINTRAIL_CLUSTER: 'prod', PLAINTRAIL_PORT: '' }).port).toBe(7717)
  })

  test('nothing changes a config once it is read', () => {
    expect(Object.isFrozen(readConfig(table, { PLAINTRAIL_CLUSTER: 'prod' }))).toBe(true)
  })

  test('every problem is told at once, with the variable, its value and what would be right', () => {
    const env = { PLAINTRAIL_PORT: '99999', PLAINTRAIL_LOG_LEVEL: 'loud' }
    expect(() => readConfig(table, env)).toThrowError(ConfigError)
    expect(() => readConfig(table, env)).toThrowError(
      [
        'could not read the configuration: set these in the environment and start again',
        '  PLAINTRAIL_PORT is "99999": must be a whole number from 0 to 65535',
        '  PLAINTRAIL_LOG_LEVEL is "loud": must be one of debug, info, warn',
        '  PLAINTRAIL_CLUSTER is not set: Give the name of the cluster.',
      ].join('\n'),
    )
  })
})

describe('a secret', () => {
  const files = new Map([
    ['/run/secrets/url', 'postgres://u:p@db/plaintrail\n'],
    ['/run/secrets/empty', '\n'],
  ])
  const readFile = (file: string) => {
    const content = files.get(file)
    if (content === undefined) throw new Error(`no such file: ${file}`)
    return content
  }
  const problemOf = (env: Record<string, string>) => {
    try {
      readConfig(table, { PLAINTRAIL_CLUSTER: 'prod', ...env }, readFile)
    } catch (error) {
      return error instanceof ConfigError ? error.message : error
    }
    return null
  }

  test('is read from the file that its _FILE variable names, without the line break at the end', () => {
    const config = readConfig(table, { PLAINTRAIL_CLUSTER: 'prod', DATABASE_URL_FILE: '/run/secrets/url' }, readFile)
    expect(config.database?.href).toBe('postgres://u:p@db/plaintrail')
  })

  test('is never shown in an error', () => {
    expect(problemOf({ DATABASE_URL: 'hunter2' })).not.toContain('hunter2')
    expect(problemOf({ DATABASE_URL: 'hunter2' })).toContain('DATABASE_URL must be a URL')
  })

  test('given twice, in a file that is not there, or in an empty one is a problem that says so', () => {
    expect(problemOf({ DATABASE_URL: 'a:b', DATABASE_URL_FILE: '/run/secrets/url' })).toContain('are both set')
    expect(problemOf({ DATABASE_URL_FILE: '/nowhere' })).toContain('DATABASE_URL_FILE names a file that could not')
    expect(problemOf({ DATABASE_URL_FILE: '/run/secrets/empty' })).toContain('DATABASE_URL_FILE names an empty file')
  })

  test('only a secret is read from a file', () => {
    const env = { PLAINTRAIL_CLUSTER: 'prod', PLAINTRAIL_PORT_FILE: '/run/secrets/url' }
    expect(readConfig(table, env, readFile).port).toBe(7717)
  })
})

describe('values are written as people write them', () => {
  test.each([
    [port, '0', 0],
    [port, '65535', 65_535],
    [integer(-5, 5), '-5', -5],
    [bytes, '512B', 512],
    [bytes, '64MiB', 67_108_864],
    [bytes, '2TiB', 2_199_023_255_552],
    [duration, '250ms', 250],
    [duration, '30s', 30_000],
    [duration, '90d', 7_776_000_000],
    [boolean, 'true', true],
    [boolean, '0', false],
    [list, ' a, b ,,c', ['a', 'b', 'c']],
    [path, '/var/lib/../lib/plaintrail', '/var/lib/plaintrail'],
    [text, ' kept as it is ', ' kept as it is '],
  ])('%o reads %j', (parse, given, expected) => {
    expect(parse(given)).toEqual(expected)
  })

  test.each([
    [port, '65536'],
    [port, '-1'],
    [port, '7717.5'],
    [port, '0x1F'],
    [port, ' 7717'],
    [integer(1, 5), '6'],
    [integer(1, 5), '1e0'],
    [bytes, '64'],
    [bytes, '64MB'],
    [bytes, '-1MiB'],
    [bytes, '99999999999999TiB'],
    [duration, '30'],
    [duration, '1h30m'],
    [boolean, 'yes'],
    [url, '10.0.0.5:7718'],
    [path, 'a\0b'],
    [text, '  '],
    [choice('a', 'b'), 'A'],
  ])('%o refuses %j and says what would be right', (parse, given) => {
    expect(() => parse(given)).toThrowError(/^must (be|not be) /)
  })
})

test('the documentation of the settings names every variable, its default and its sentence', () => {
  expect(settingsMarkdown([{ service: 'api', table }])).toBe(`# Configuration

Written from the \`config.ts\` of each service; a test fails when this file is stale. A variable that is empty counts
as not set. A secret may be given as a file instead: the same name with \`_FILE\` at its end holds the path.
Sizes are whole numbers with \`B\`, \`KiB\`, \`MiB\`, \`GiB\` or \`TiB\`; times are whole numbers with \`ms\`, \`s\`, \`m\`, \`h\` or \`d\`.

## api

| variable | default | what it is for |
|---|---|---|
| \`PLAINTRAIL_PORT\` | \`7717\` | Where the API listens. |
| \`PLAINTRAIL_LOG_LEVEL\` | \`info\` | How much is logged: debug \\| info \\| warn. |
| \`DATABASE_URL\` (secret) | none | The address of your own Postgres. |
| \`PLAINTRAIL_CLUSTER\` | required | Give the name of the cluster. |
`)
})
