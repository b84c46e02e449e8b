// What may stand in a log line, and what never does.
import { describe, expect, test } from 'vitest'
import { createLogger, maskCredentials } from './logger.ts'
import type { LogLevel } from './logger.ts'

function recordingLogger(level: LogLevel = 'debug') {
  const lines: string[] = []
  return { lines, logger: createLogger('receiver', { level, destination: { write: (line) => lines.push(line) } }) }
}

test('a fact is one line of JSON with its level, time, name, fields and message', () => {
  const { lines, logger } = recordingLogger()
  logger.child({ cluster: 'prod' }).info({ events: 400, note: 'two\nlines' }, 'stored a batch')
  expect(lines).toHaveLength(1)
  expect(lines[0]?.indexOf('\n')).toBe((lines[0]?.length ?? 0) - 1)
  expect(JSON.parse(lines[0] ?? '')).toEqual({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    name: 'receiver',
    cluster: 'prod',
    events: 400,
    note: 'two\nlines',
    msg: 'stored a batch',
  })
})

test('a line below the level is not written', () => {
  const { lines, logger } = recordingLogger('warn')
  logger.debug({}, 'no')
  logger.info({}, 'no')
  logger.warn({}, 'yes')
  logger.error({}, 'yes')
  recordingLogger('silent').logger.error({}, 'no')
  expect(lines).toHaveLength(2)
})

describe('no credential is written', () => {
  const token = 'pti_9fZk3mQ7xT2vB8nL'
  const secrets = [token, 'ptr_AbC123', 'c2VjcmV0', 'hunter2', '9fZk3mQ7xT2vB8nL']
  const cause = new Error(`could not use ${token}`)
  const deep: Record<string, unknown> = { a: { b: { c: [{ d: token }] } } }

  test.each<[string, (logger: ReturnType<typeof recordingLogger>['logger']) => void]>([
    ['a message', (logger) => logger.info({}, `token ${token} was refused`)],
    ['a field at any depth', (logger) => logger.info(deep, 'x')],
    ['the name of a field', (logger) => logger.info({ [token]: 1 }, 'x')],
    ['a field of a child', (logger) => logger.child({ token: 'ptr_AbC123' }).info({}, 'x')],
    ['an error', (logger) => logger.error({ error: cause }, 'x')],
    ['the cause of an error', (logger) => logger.error({ error: new Error('outer', { cause }) }, 'x')],
    ['request headers', (logger) => logger.warn({ req: { headers: { Authorization: 'c2VjcmV0' } } }, 'x')],
    ['raw headers', (logger) => logger.warn({ rawHeaders: ['authorization', 'Bearer c2VjcmV0'] }, 'x')],
    ['basic credentials', (logger) => logger.warn({ text: 'Authorization: Basic c2VjcmV0' }, 'x')],
    ['the address of a database', (logger) => logger.warn({}, 'lost postgres://plaintrail:hunter2@db/plaintrail')],
  ])('in %s', (_where, write) => {
    const { lines, logger } = recordingLogger()
    write(logger)
    expect(lines).toHaveLength(1)
    expect(() => JSON.parse(lines[0] ?? '')).not.toThrow()
    expect(lines[0]).toContain('[masked]')
    for (const secret of secrets) expect(lines[0]).not.toContain(secret)
  })

  test('and what is no credential is left as it is', () => {
    const line = '{"url":"https://10.0.0.5:7718/v1/ingest/k8s/prod","at":"a:b@c","note":"basics"}'
    expect(maskCredentials(line)).toBe(line)
  })
})

test('an error keeps its code and causes and loses the data that a database put into it', () => {
  const { lines, logger } = recordingLogger()
  const database = Object.assign(new Error('duplicate key'), { code: '23505', detail: 'Key (name)=(payroll) exists' })
  logger.error({ error: new TypeError('could not store', { cause: database }) }, 'x')
  const { error } = JSON.parse(lines[0] ?? '')
  expect(error).toMatchObject({
    name: 'TypeError',
    message: 'could not store',
    cause: { code: '23505', message: 'duplicate key' },
  })
  expect(error.stack).toContain('could not store')
  expect(lines[0]).not.toContain('payroll')
})

test('an error that is its own cause is written all the same', () => {
  const { lines, logger } = recordingLogger()
  const error = new Error('round')
  error.cause = error
  logger.error({ error }, 'x')
  expect(lines).toHaveLength(1)
})
