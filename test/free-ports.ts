// freePorts: ports that nobody listens on, below those that the system gives to outgoing connections (32,768 and up on Linux):
// one of these could be taken between the look and the start of whoever shall listen there.

import { createServer } from 'node:net'

const first = 20_000
const count = 12_000
const attemptsMax = 200

/** Free at this moment, each another. */
export async function freePorts(wanted: number): Promise<readonly number[]> {
  const found = new Set<number>()
  for (let attempt = 0; attempt < attemptsMax && found.size < wanted; attempt++) {
    const port = first + Math.floor(Math.random() * count)
    if (!found.has(port) && (await isFree(port))) found.add(port)
  }
  if (found.size < wanted) throw new Error(`could not find ${wanted} free ports from ${first} on`)
  return [...found]
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  const listens = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => resolve(true))
  })
  if (listens) await new Promise((resolve) => server.close(resolve))
  return listens
}
