// What errors of the store are to a client.

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { createLogger } from '@plaintrail/runtime/logger'
import { QuestionTooLong } from '@plaintrail/store/find-events'
import { expect, test } from 'vitest'
import { problemOf } from './api-for-tests.ts'
import { problemHandler } from './problems.ts'
import { requestId } from './requests.ts'

test.each([
  [new QuestionTooLong('could not read'), 503, 'dependency_unavailable'],
  [new Error('something else'), 500, 'internal'],
])('%s is %i', async (error, status, code) => {
  const app = express()
  app.use(requestId, () => {
    throw error
  })
  app.use(problemHandler(createLogger('test', { level: 'error', destination: { write: () => undefined } })))
  const server = createServer((request, response) => void app(request, response)).listen(0, '127.0.0.1')
  try {
    await once(server, 'listening')
    // It listens on TCP.
    const { port } = server.address() as AddressInfo
    expect(await problemOf(await fetch(`http://127.0.0.1:${port}/`))).toMatchObject({ status, code })
  } finally {
    server.close()
  }
})
