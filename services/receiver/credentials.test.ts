// Who is let in while Postgres is there, while it is away, and after it came back.

import { createHash } from 'node:crypto'
import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createCredentials, type IngestCredential } from './credentials.ts'

const digestOf = (token: string): Buffer => createHash('sha256').update(token).digest()

function credential(token: string): IngestCredential {
  return { id: token, clusterUid: 'uid', clusterName: 'lab', laneName: 'main', digest: digestOf(token) }
}

function requestWith(token: string): IncomingMessage {
  const request = new IncomingMessage(new Socket())
  request.headers.authorization = `Bearer ${token}`
  return request
}

/** Postgres as far as credentials know it, to be switched off. */
function source(tokens: readonly string[]) {
  const state = { isAway: false, tokens: [...tokens], asked: 0 }
  const answer = <T>(value: T): Promise<T> => {
    state.asked += 1
    return state.isAway ? Promise.reject(new Error('connection refused')) : Promise.resolve(value)
  }
  return {
    state,
    list: () => answer(state.tokens.map(credential)),
    isWriter: (digest: Buffer) => answer(digest.equals(digestOf('writer'))),
    findCluster: (name: string) => answer(name === 'lab' ? { uid: 'uid' } : null),
  }
}

test('a known token is let in while Postgres is away, and one that may be new is told to come again', async () => {
  const postgres = source(['one'])
  await using credentials = await createCredentials(postgres)
  postgres.state.isAway = true
  expect(await credentials.admit(requestWith('one'), 'lab')).toMatchObject({ kind: 'admitted' })
  expect(await credentials.admit(requestWith('two'), 'lab')).toEqual({ kind: 'unavailable' })
  postgres.state.isAway = false
  postgres.state.tokens.push('two')
  expect(await credentials.admit(requestWith('two'), 'lab')).toMatchObject({ kind: 'admitted' })
})

test('a start while Postgres is away lets nobody in until the list is read', async () => {
  const postgres = source(['one'])
  postgres.state.isAway = true
  await using credentials = await createCredentials(postgres)
  expect(await credentials.admit(requestWith('one'), 'lab')).toEqual({ kind: 'unavailable' })
  postgres.state.isAway = false
  expect(await credentials.admit(requestWith('one'), 'lab')).toMatchObject({ kind: 'admitted' })
})

test('guessing asks Postgres once and not each time', async () => {
  const postgres = source(['one'])
  await using credentials = await createCredentials(postgres)
  expect(await credentials.admit(requestWith('guess'), 'lab')).toEqual({ kind: 'unknown' })
  const { asked } = postgres.state
  for (let turn = 0; turn < 50; turn++) await credentials.admit(requestWith('guess'), 'lab')
  expect(postgres.state.asked).toBe(asked)
})

test('a token of one cluster is none of another, and a writer may post to each that there is', async () => {
  await using credentials = await createCredentials(source(['one']))
  expect(await credentials.admit(requestWith('one'), 'other')).toEqual({ kind: 'other-cluster' })
  expect(await credentials.admit(requestWith('writer'), 'lab')).toMatchObject({ kind: 'admitted' })
  expect(await credentials.admit(requestWith('writer'), 'other')).toEqual({ kind: 'other-cluster' })
})

test('a clock that is set back by an hour keeps nobody out and holds no question up', async () => {
  const postgres = source(['one'])
  await using credentials = await createCredentials(postgres)
  vi.spyOn(Date, 'now').mockReturnValue(Date.now() - 3_600_000)
  onTestFinished(() => void vi.restoreAllMocks())
  postgres.state.tokens.push('two')
  const late = sleep(2_000, 'late', { ref: false })
  expect(await Promise.race([credentials.admit(requestWith('two'), 'lab'), late])).toMatchObject({ kind: 'admitted' })
})
