// withKeptAnswer: a request with an Idempotency-Key is done once; whoever sends it again gets the first answer.

import { createCipheriv, createDecipheriv, hash, hkdfSync, randomBytes } from 'node:crypto'
import type { Request, Response } from 'express'
import { claimAnswer, forgetAnswer, keepAnswer, type KeptKey } from '@plaintrail/store/kept-answers'
import type { RouteParts } from './api-parts.ts'
import { bearerToken, type Caller } from './authenticate.ts'
import { Problem } from './problems.ts'

interface Answered {
  readonly status: number
  readonly type: string
  readonly location: string | null
  readonly body: string
}

/** Printable ASCII: what a header can hold without being misread on the way. */
const keyForm = /^[\x21-\x7e]{1,255}$/
/** Of one answer as it is kept. The longest, all that connects a cluster, has 20 KiB. */
const sealedBytesMax = 1024 * 1024
const retrySeconds = 2

/** `asked` is what the request asks for, as JSON has it: the same under one key, or it is refused. */
export async function withKeptAnswer(
  parts: RouteParts,
  request: Request,
  response: Response,
  { caller, asked }: { readonly caller: Caller; readonly asked: unknown },
  answer: () => Promise<void> | void,
): Promise<void> {
  const idempotencyKey = request.get('Idempotency-Key')
  const secret = bearerToken(request)
  if (idempotencyKey === undefined || caller.token === null || secret === null) return await answer()
  if (!keyForm.test(idempotencyKey))
    throw new Problem(
      'bad_request',
      'the Idempotency-Key is not 1 to 255 printable ASCII characters',
      'Send a UUID that is new for each thing to make.',
    )
  const key = { tokenId: caller.token.id, keyDigest: digest(idempotencyKey) }
  const sealing = sealingKey(secret, key)
  const requestDigest = digest(`${request.method} ${request.path}\n${JSON.stringify(asked)}`)
  const claim = await claimAnswer(parts.store, key, requestDigest)
  switch (claim.kind) {
    case 'first':
      return await answerAndKeep(parts, response, { key, sealing }, answer)
    case 'answered':
      return replay(response, unsealed(claim.sealed, sealing))
    case 'in progress':
      response.setHeader('Retry-After', String(retrySeconds))
      throw new Problem('conflict', 'a request with this Idempotency-Key is being answered', 'Send it again soon.')
    case 'other request':
      throw new Problem(
        'idempotency_mismatch',
        'the Idempotency-Key was used for another request',
        'Send a new key for each thing to make, and the same body with the same key.',
      )
    default:
      return claim satisfies never
  }
}

async function answerAndKeep(
  { store, logger }: RouteParts,
  response: Response,
  { key, sealing }: { readonly key: KeptKey; readonly sealing: Buffer },
  answer: () => Promise<void> | void,
): Promise<void> {
  const send = response.send.bind(response)
  let body: string | null = null
  // Kept before it is sent: a crash between the two must not do the same twice.
  response.send = (text) => {
    body = String(text)
    return response
  }
  try {
    await answer()
  } catch (error) {
    response.send = send
    await forgetAnswer(store, key)
    throw error
  }
  response.send = send
  const answered = { ...headOf(response), body: body ?? '' }
  await keepAnswer(store, key, sealed(answered, sealing)).catch((error: unknown) =>
    // It is done, and saying so is more use than saying that it may be done again.
    logger.warn({ error }, 'could not keep an answer for its Idempotency-Key'),
  )
  send(answered.body)
}

function headOf(response: Response): Omit<Answered, 'body'> {
  const location = response.getHeader('Location')
  return {
    status: response.statusCode,
    type: String(response.getHeader('Content-Type') ?? 'application/json'),
    location: typeof location === 'string' ? location : null,
  }
}

function replay(response: Response, { status, type, location, body }: Answered): void {
  if (location !== null) response.setHeader('Location', location)
  response.setHeader('Idempotent-Replayed', 'true')
  response.status(status).type(type).send(body)
}

const cipher = 'aes-256-gcm'
const keyBytes = 32
const ivBytes = 12
const tagBytes = 16

/**
 * An answer may hold a credential that is stored nowhere, and so it must not be read by who has only the database: what
 * opens it is made of the caller's token, of which the database has a digest.
 */
function sealingKey(token: string, { keyDigest }: KeptKey): Buffer {
  return Buffer.from(hkdfSync('sha256', token, keyDigest, 'plaintrail kept answer', keyBytes))
}

function sealed(answered: Answered, sealing: Buffer): Buffer {
  const iv = randomBytes(ivBytes)
  const cipherOf = createCipheriv(cipher, sealing, iv)
  const text = Buffer.concat([cipherOf.update(JSON.stringify(answered), 'utf8'), cipherOf.final()])
  if (text.length > sealedBytesMax) throw new Error(`could not keep an answer of ${text.length} bytes: it is too long`)
  return Buffer.concat([iv, cipherOf.getAuthTag(), text])
}

/** What sealed wrote: the tag shows that nobody else did. */
function unsealed(bytes: Buffer, sealing: Buffer): Answered {
  const decipher = createDecipheriv(cipher, sealing, bytes.subarray(0, ivBytes))
  decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes))
  const text = Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()])
  return JSON.parse(text.toString()) as Answered
}

function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer')
}
