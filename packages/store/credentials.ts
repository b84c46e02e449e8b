// Credentials: who may deliver events of which cluster, as digests. A token itself is stored nowhere.

import { randomUUID } from 'node:crypto'
import { eq, isNull } from 'drizzle-orm'
import type { Store } from './open-store.ts'
import { cluster, ingestCredential } from './schema.ts'

export interface NewIngestCredential {
  readonly clusterId: number
  readonly kind: 'token' | 'certificate'
  /** SHA-256 of the token's text, or of the client certificate's DER; 32 bytes. */
  readonly digest: Buffer
  readonly laneName: string
}

export interface IngestCredential {
  readonly id: string
  readonly clusterUid: string
  readonly clusterName: string
  readonly laneName: string
  readonly kind: 'token' | 'certificate'
  readonly digest: Buffer
}

/** Returns its id. */
export async function addIngestCredential(store: Store, credential: NewIngestCredential): Promise<string> {
  const id = randomUUID()
  await store.db.insert(ingestCredential).values({ id, ...credential })
  return id
}

/** All that are not revoked. There are as many as API servers, so the receiver keeps them in memory. */
export async function listIngestCredentials(store: Store): Promise<readonly IngestCredential[]> {
  return await store.db
    .select({
      id: ingestCredential.id,
      clusterUid: cluster.uid,
      clusterName: cluster.name,
      laneName: ingestCredential.laneName,
      kind: ingestCredential.kind,
      digest: ingestCredential.digest,
    })
    .from(ingestCredential)
    .innerJoin(cluster, eq(cluster.id, ingestCredential.clusterId))
    .where(isNull(ingestCredential.revokedAt))
}
