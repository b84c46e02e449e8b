// A service as the person who operates it meets it: what it says at the start and at the end.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from 'vitest'

async function run(script: string, env: Readonly<Record<string, string>>, signal?: NodeJS.Signals) {
  const source = `import { runProcess } from ${JSON.stringify(join(import.meta.dirname, 'run-process.ts'))}\n${script}`
  const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', source], {
    env: { PATH: process.env['PATH'], PLAINTRAIL_OPERATIONS_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stdout.on('data', (chunk: Buffer) => {
    const wasReady = output.includes('ready')
    output += chunk.toString()
    // A second signal would end it at once.
    if (signal && !wasReady && output.includes('ready')) child.kill(signal)
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, output }
}

const service = `process.exitCode = await runProcess({
  name: 'sample', env: process.env, settings: {},
  start: async () => ({ ready: 'at work', async [Symbol.asyncDispose]() { process.stdout.write('put away\\n') } }),
})`

test('it says where it is ready, and puts everything away at SIGTERM', async () => {
  const { code, output } = await run(service, {}, 'SIGTERM')
  expect(output).toMatch(/^plaintrail sample ready: at work; http:\/\/127\.0\.0\.1:\d+\/readyz\n/)
  expect(output).toContain('SIGTERM: stopping sample\nput away\n')
  expect(code).toBe(0)
})

test('a stop that waits for something in vain ends in time all the same', async () => {
  const hanging = service
    .replace(`process.stdout.write('put away\\n')`, 'await new Promise(() => setInterval(() => undefined, 1_000))')
    .replace('settings: {},', 'settings: {}, stopMsMax: 500,')
  const { code, output } = await run(hanging, {}, 'SIGTERM')
  expect(output).toContain('plaintrail sample: could not stop in 500 ms')
  expect(code).toBe(1)
})

test('what a library leaves open when all is put away does not keep the process', async () => {
  const lingering = service
    .replace(`process.stdout.write('put away\\n')`, 'setInterval(() => undefined, 1_000)')
    .replace('settings: {},', 'settings: {}, stopMsMax: 30_000,')
  const begun = performance.now()
  const { code } = await run(lingering, {}, 'SIGTERM')
  expect(code).toBe(0)
  expect(performance.now() - begun).toBeLessThan(15_000)
})

test('wrong settings end it with 2 and all that is wrong, a start that fails with 1 and the reason', async () => {
  const wrong = await run(service, { PLAINTRAIL_LOG_LEVEL: 'loud' })
  expect([wrong.code, wrong.output]).toEqual([2, expect.stringContaining('PLAINTRAIL_LOG_LEVEL')])
  const failing = service.replace(
    'start: async () => (',
    `start: () => Promise.reject(new Error('no disk')), other: () => (`,
  )
  expect(await run(failing, {})).toEqual({ code: 1, output: 'plaintrail sample: no disk\n' })
})
