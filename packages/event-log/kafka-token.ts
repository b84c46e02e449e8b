// kafkaToken: the bearer token for oauthbearer, from a token endpoint or from a file that somebody else renews.

import { readFile } from 'node:fs/promises'

export type KafkaTokenSource =
  | {
      readonly kind: 'endpoint'
      readonly url: URL
      readonly clientId: string
      readonly clientSecret: string
      readonly scope: string | null
    }
  | { readonly kind: 'file'; readonly path: string }

const fetchMsMax = 10_000

/** A new one at each call: kafkajs asks when a connection is made or its session ends. Never in an error's message. */
export async function kafkaToken(source: KafkaTokenSource): Promise<string> {
  if (source.kind === 'file') {
    const token = (await readFile(source.path, 'utf8')).trim()
    if (token === '') throw new Error(`could not read a token for Kafka: ${source.path} is empty`)
    return token
  }
  const { url, clientId, clientSecret, scope } = source
  const response = await fetch(url, {
    method: 'POST',
    redirect: 'error',
    signal: AbortSignal.timeout(fetchMsMax),
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      ...(scope === null ? {} : { scope }),
    }),
  })
  if (!response.ok) {
    throw new Error(`could not get a token for Kafka: ${url.host} answered ${response.status} to the client id`)
  }
  const answer: unknown = await response.json()
  const token = typeof answer === 'object' && answer !== null && 'access_token' in answer ? answer.access_token : null
  if (typeof token !== 'string') throw new Error(`could not get a token for Kafka: ${url.host} sent no access_token`)
  return token
}
