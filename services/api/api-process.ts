// The api as a process of its own: it asks Postgres, and needs neither the log nor Redis.

import type { Config } from '@plaintrail/runtime/config'
import type { Ground, Started } from '@plaintrail/runtime/run-process'
import { readSecrets } from '@plaintrail/runtime/secrets'
import { openStore } from '@plaintrail/store/open-store'
import { watchStore } from '@plaintrail/store/watch-store'
import { startApi } from './api.ts'
import type { apiProcessSettings } from './config.ts'

const connectionsMax = 12
/** A question that takes longer is cancelled and told to narrow its window. */
const statementMsMax = 10_000
const httpsPort = 443

export async function startApiProcess(config: Config<typeof apiProcessSettings>, ground: Ground): Promise<Started> {
  const { logger, metrics, health } = ground
  await using stack = new AsyncDisposableStack()
  const { certificateAuthority } = await readSecrets(config.secretsFolder)
  const store = stack.use(
    openStore(config.databaseUrl, {
      connectionsMax,
      statementMs: statementMsMax,
      applicationName: 'plaintrail api',
      onIdleError: (error) => logger.warn({ error }, 'a connection to Postgres broke'),
    }),
  )
  stack.use(watchStore({ store, health }))
  const api = stack.use(
    await startApi(config, {
      ...ground,
      store,
      certificateAuthority,
      metricsText: () => metrics.text(),
      ingestPort: Number(config.ingestUrl.port || httpsPort),
    }),
  )
  const kept = stack.move()
  return { ready: `the API at ${api.url}`, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}
