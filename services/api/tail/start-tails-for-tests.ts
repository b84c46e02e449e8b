// startTails: live tails by themselves, with bounds of a test's own.

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { everything } from '@plaintrail/query/scope'
import { createLogger } from '@plaintrail/runtime/logger'
import { createMetrics, type Metrics } from '@plaintrail/runtime/metrics'
import type { Store } from '@plaintrail/store/open-store'
import { signingKey } from '@plaintrail/store/signing-keys'
import { urlParameters } from '../list-question.ts'
import { createEventTail, tailBounds, type TailBounds } from './event-tail.ts'
import { tailQuestion } from './tail-question.ts'

export interface TestTails extends AsyncDisposable {
  readonly url: string
  readonly port: number
  readonly metrics: Metrics
}

export async function startTails(
  store: Store,
  bounds: Partial<TailBounds>,
  holds?: () => Promise<boolean>,
): Promise<TestTails> {
  const stop = new AbortController()
  const metrics = createMetrics({ version: null, processMetrics: false })
  const logger = createLogger('test', { level: 'silent' })
  const cursorKey = await signingKey(store, 'cursor')
  const tail = createEventTail(
    { store, logger, metrics, cursorKey, stopping: stop.signal },
    { ...tailBounds, ...bounds },
  )
  const app = express()
  app.get('/', async (request, response) => {
    const sent = { parameters: urlParameters(request), header: request.get('last-event-id') }
    const question = tailQuestion(sent, everything, 0)
    const caller = { token: null, scope: everything, ...(holds === undefined ? {} : { holds }) }
    await tail.follow(request, response, caller, question).catch((error: Error) => {
      response.status(429).end(error.message)
    })
  })
  const server = createServer((request, response) => void app(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A listening server has an address with a port.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    port,
    metrics,
    async [Symbol.asyncDispose]() {
      stop.abort()
      server.closeAllConnections()
      await new Promise((resolve) => void server.close(resolve))
    },
  }
}
