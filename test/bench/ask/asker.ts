// createAsker: one question at a time over HTTP, timed from the request to the last byte of its answer.

import { Agent, request } from 'node:http'
import type { Asking } from '../../system.ts'

interface Answered {
  readonly ms: number
  readonly body: string
}

export type Asker = (path: string) => Promise<Answered>

/** By node:http, as pages.ts asks. Rejects with any answer but 200. */
export function createAsker({ url, adminToken }: Pick<Asking, 'url' | 'adminToken'>): Asker {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const headers = { authorization: `Bearer ${adminToken}` }
  return (path) =>
    new Promise((resolve, reject) => {
      const from = performance.now()
      const sent = request(url + path, { agent, headers }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const body = Buffer.concat(chunks).toString()
          if (response.statusCode === 200) resolve({ ms: performance.now() - from, body })
          else reject(new Error(`the bench got ${response.statusCode} for ${path}: ${body.slice(0, 500)}`))
        })
      })
      sent.on('error', reject).end()
    })
}
