// What Ctrl-C does.
import { spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { untilSignal } from './until-signal.ts'

test('waiting ends with the name of the first signal, and then nothing listens any more', async () => {
  const source = new EventEmitter()
  const signal = untilSignal(['SIGINT', 'SIGTERM'], source)
  source.emit('SIGTERM', 'SIGTERM')
  expect(await signal).toBe('SIGTERM')
  expect(source.listenerCount('SIGINT') + source.listenerCount('SIGTERM')).toBe(0)
})

test('a real process stops in order on the first signal and at once on the second', async () => {
  const module = fileURLToPath(new URL('until-signal.ts', import.meta.url))
  const script = `
    import { untilSignal } from ${JSON.stringify(module)}
    const hang = setInterval(() => {}, 1000)
    const waiting = untilSignal()
    console.log('waiting')
    console.log('stopping on ' + await waiting)`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const said = async () => String((await once(child.stdout, 'data'))[0]).trim()
  expect(await said()).toBe('waiting')
  child.kill('SIGTERM')
  expect(await said()).toBe('stopping on SIGTERM')
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  expect(await ended).toEqual([null, 'SIGTERM'])
})
