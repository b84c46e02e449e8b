// Who may post to which cluster: the credentials of Postgres, held in memory so that a look-up never waits for it.

import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { TLSSocket } from 'node:tls'

export interface IngestCredential {
  readonly id: string
  readonly clusterUid: string
  readonly clusterName: string
  readonly laneName: string
  /** 32 bytes: SHA-256 of the token, or of the client certificate's DER. */
  readonly digest: Buffer
}

export interface CredentialSource {
  /** All that are not revoked. */
  list(): Promise<readonly IngestCredential[]>
  /** True for an API token of this digest that may write: it may post to every cluster, into the lane `backfill`. */
  isWriter(digest: Buffer): Promise<boolean>
  findCluster(name: string): Promise<{ readonly uid: string } | null>
}

type Admission =
  | { readonly kind: 'admitted'; readonly credential: IngestCredential }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'other-cluster' }
  /** It may be a new one, and Postgres cannot be asked now. */
  | { readonly kind: 'unavailable' }

/** What an attempt to read the list came to. */
export interface Listed {
  /** How many of them are in force; null before the first list. */
  readonly known: number | null
  readonly failure: unknown
}

export interface Credentials extends AsyncDisposable {
  admit(request: IncomingMessage, cluster: string): Promise<Admission>
}

const refreshMs = 5_000
/** An unknown credential may be a new one: it waits for the next list, which is read this often at most. */
const refreshMsMin = 250
/** What was unknown is so for a while without asking again, so that guessing does not load Postgres. */
const unknownMs = 5_000
const unknownMax = 10_000
/** A file is posted in many bodies; a writer whose token is revoked may post for so long. */
const writerMs = 5_000
const bearer = /^Bearer ([\x21-\x7e]{1,512})$/i

export async function createCredentials(
  source: CredentialSource,
  onListed: (outcome: Listed) => void = () => undefined,
): Promise<Credentials> {
  const list = createList(source, onListed)
  // Without Postgres there are none to compare with yet: every post is answered 503 until the first list is read.
  await list.next()
  const timer = setInterval(() => void list.next(), refreshMs)
  timer.unref()
  const unknownUntil = new Map<string, number>()
  const writerUntil = new Map<string, number>()

  const find = async (digest: Buffer, cluster: string): Promise<Admission> => {
    const key = digest.toString('hex')
    const known = list.find(key)
    if (known) return judge(known, cluster)
    if ((unknownUntil.get(key) ?? 0) > performance.now()) return { kind: 'unknown' }
    try {
      if ((writerUntil.get(key) ?? 0) > performance.now()) return await ofWriter(source, cluster)
      await list.next()
      if (list.failure !== null) return { kind: 'unavailable' }
      const credential = list.find(key)
      if (credential) return judge(credential, cluster)
      if (await source.isWriter(digest)) {
        writerUntil.set(key, performance.now() + writerMs)
        return await ofWriter(source, cluster)
      }
    } catch {
      return { kind: 'unavailable' }
    }
    if (unknownUntil.size >= unknownMax) unknownUntil.clear()
    unknownUntil.set(key, performance.now() + unknownMs)
    return { kind: 'unknown' }
  }
  return {
    async admit(request, cluster) {
      const digest = digestOf(request)
      return digest ? await find(digest, cluster) : { kind: 'unknown' }
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await Promise.resolve()
    },
  }
}

/** The last list that could be read: while Postgres is away it stays good. */
function createList(source: CredentialSource, onListed: (outcome: Listed) => void) {
  let known: ReadonlyMap<string, IngestCredential> | null = null
  let failure: unknown = null
  /** By the clock that never jumps: with the other, one set back by an hour would have the next list wait for an hour. */
  let refreshedAt = -Infinity
  let awaited: Promise<void> | null = null
  const refresh = async (): Promise<void> => {
    refreshedAt = performance.now()
    try {
      known = new Map((await source.list()).map((credential) => [credential.digest.toString('hex'), credential]))
      failure = null
    } catch (error) {
      failure = error
    }
    onListed({ known: known?.size ?? null, failure })
  }
  return {
    find: (key: string) => known?.get(key),
    /** Of the last attempt; null when it did not fail. */
    get failure() {
      return failure
    },
    /** Reads the list anew, once for all who ask at the same time. Never rejects. */
    next(): Promise<void> {
      awaited ??= sleep(Math.max(0, refreshedAt + refreshMsMin - performance.now()))
        .then(refresh)
        .finally(() => (awaited = null))
      return awaited
    },
  }
}

function judge(credential: IngestCredential, cluster: string): Admission {
  return credential.clusterName === cluster ? { kind: 'admitted', credential } : { kind: 'other-cluster' }
}

async function ofWriter(source: CredentialSource, cluster: string): Promise<Admission> {
  const found = await source.findCluster(cluster)
  if (!found) return { kind: 'other-cluster' }
  const id = '00000000-0000-0000-0000-000000000000'
  const digest = Buffer.alloc(32)
  return {
    kind: 'admitted',
    credential: { id, clusterUid: found.uid, clusterName: cluster, laneName: 'backfill', digest },
  }
}

/** Look-ups are by digest, so their time tells nothing about a token that is nearly right. */
function digestOf(request: IncomingMessage): Buffer | null {
  const token = bearer.exec(request.headers.authorization ?? '')?.[1]
  if (token !== undefined) return createHash('sha256').update(token).digest()
  const { socket } = request
  if (!(socket instanceof TLSSocket) || !socket.authorized) return null
  const certificate = socket.getPeerX509Certificate()
  return certificate ? createHash('sha256').update(certificate.raw).digest() : null
}
