// One audit event as the API server sent it, as our Event. Total and pure: never throws, reads no clock, does no I/O.

import { isIP } from 'node:net'
import { actorOf, impersonatedOf } from './actor.ts'
import { clientOf } from './client.ts'
import { detailCharsMax, detailOf } from './detail.ts'
import { isDryRun } from './dry-run.ts'
import { levels, stages, type Event, type EventClass, type Level, type ObjectRef, type Source } from './event.ts'
import { eventClassOf } from './event-class.ts'
import { objectRefOf } from './object-ref.ts'
import { answerOf, outcomeOf, reasonOf, type Answer } from './outcome.ts'
import { pathOf } from './request-uri.ts'
import { isUsableTime, parseMicroTime } from './time.ts'
import {
  isWireObject,
  readList,
  readObject,
  readText,
  storableText,
  type Marks,
  type WireObject,
} from './wire-object.ts'

const auditIDCharsMax = 256
const verbCharsMax = 64
const pathCharsMax = 1024
const userAgentCharsMax = 1100
const timeCharsMax = 64
const versionCharsMax = 64
const ipCharsMax = 64
const sourceIPsMax = 16
/** What AKS writes in place of a body that is too large for it. */
const aksSkippedBody = 'skipped-too-big-size-object'

/** What was found out about an event before it was parsed. */
export interface ReadFacts {
  readonly duplicateKeys?: boolean
  readonly redacted?: boolean
  readonly bodyTooLarge?: boolean
}

interface Request {
  readonly verb: string
  readonly class: EventClass
  readonly object: ObjectRef | null
  readonly requestURI: string
  readonly requestObject: unknown
  readonly responseObject: unknown
}

/**
 * The Event of one item of an EventList, of a line of the audit log, or of an event of v1beta1 or v1alpha1. A field of
 * another type than audit.k8s.io gives it is read as absent, with the flag `malformed`. Null where `value` is no object.
 */
export function normalize(value: unknown, facts: ReadFacts = {}): Event | null {
  if (!isWireObject(value)) return null
  const marks: Marks = {}
  markFacts(facts, marks)
  const annotations = readObject(value['annotations'], marks)
  const responseStatus = readObject(value['responseStatus'], marks)
  const level = wordOf(levels, value['level'], marks)
  const answer = answerOf(wordOf(stages, value['stage'], marks), responseStatus, annotations, marks)
  const outcome = outcomeOf(answer)
  const request = requestOf(value, responseStatus, marks)
  markOrigin(value, annotations, marks)
  if (request.class === 'write') markWrite(request, answer, level, marks)
  return {
    auditID: readText(value['auditID'], auditIDCharsMax, marks),
    stage: answer.stage,
    level,
    time: timeOf(value, marks),
    stageTime: stageTimeOf(value['stageTimestamp'], marks),
    verb: request.verb,
    class: request.class,
    outcome,
    code: answer.code,
    decision: answer.decision,
    reason: reasonOf(outcome, answer),
    actor: actorOf(readObject(value['user'], marks), answer, marks),
    impersonated: impersonatedOf(readObject(value['impersonatedUser'], marks), marks),
    source: sourceOf(value['sourceIPs'], marks),
    client: clientOf(readText(value['userAgent'], userAgentCharsMax, marks)),
    requestURI: request.requestURI,
    object: request.object,
    path: storableText(pathOf(request.requestURI), pathCharsMax, marks),
    detail: detailIn(request, marks),
    flags: marks,
  }
}

function requestOf(value: WireObject, responseStatus: WireObject | null, marks: Marks): Request {
  const verb = readText(value['verb'], verbCharsMax, marks)
  const objectRef = readObject(value['objectRef'], marks)
  const requestObject = value['requestObject']
  const responseObject = value['responseObject']
  const object = objectRefOf({ verb, objectRef, requestObject, responseObject, responseStatus }, marks)
  const requestURI = readText(value['requestURI'], Number.POSITIVE_INFINITY, marks)
  return { verb, class: eventClassOf(verb, object), object, requestURI, requestObject, responseObject }
}

/** One of `words`, else their last, which stands for what audit.k8s.io does not define. */
function wordOf<const Word extends string>(
  words: readonly [...Word[], 'Unknown'],
  value: unknown,
  marks: Marks,
): Word | 'Unknown' {
  for (const word of words) if (word === value) return word
  if (typeof value !== 'string' && value !== undefined && value !== null) marks.malformed = true
  return 'Unknown'
}

/** requestReceivedTimestamp, or v1beta1's `timestamp` where there is none. */
function timeOf(value: WireObject, marks: Marks): number {
  const text = readText(value['requestReceivedTimestamp'] ?? value['timestamp'], timeCharsMax, marks)
  const us = parseMicroTime(text)
  if (us !== null && isUsableTime(us)) return us
  marks.oddTime = true
  return 0
}

function stageTimeOf(value: unknown, marks: Marks): number | null {
  const text = readText(value, timeCharsMax, marks)
  if (text === '') return null
  const us = parseMicroTime(text)
  if (us !== null && isUsableTime(us)) return us
  marks.malformed = true
  return null
}

/**
 * The last address is the TCP peer's, added by the API server; the others came in headers. A last one that is no address
 * leaves the peer unknown: a claimed one never takes its place.
 */
function sourceOf(value: unknown, marks: Marks): Source {
  const sent = readList(value, marks)
  const last = sent.length - 1
  const claimed: string[] = []
  for (let at = Math.max(0, sent.length - sourceIPsMax); at < last; at++) {
    const ip = ipOf(sent[at], marks)
    if (ip !== null) claimed.push(ip)
  }
  return { peer: last < 0 ? null : ipOf(sent[last], marks), claimed }
}

/** Without the zone of a link-local address, which means nothing elsewhere. */
function ipOf(value: unknown, marks: Marks): string | null {
  const text = readText(value, ipCharsMax, marks)
  const zone = text.indexOf('%')
  const ip = zone === -1 ? text : text.slice(0, zone)
  return isIP(ip) === 0 ? null : ip
}

function detailIn(request: Request, marks: Marks): string | null {
  const { object } = request
  if (object === null || (request.class !== 'write' && request.class !== 'connect')) return null
  const detail = detailOf({ ...request, object })
  return detail === null ? null : storableText(detail, detailCharsMax, marks)
}

function markFacts(facts: ReadFacts, marks: Marks): void {
  if (facts.duplicateKeys === true) marks.duplicateKeys = true
  if (facts.redacted === true) marks.redacted = true
  if (facts.bodyTooLarge === true) marks.bodyTooLarge = true
}

/** What the version, the annotations and the bodies say about the event itself. */
function markOrigin(value: WireObject, annotations: WireObject | null, marks: Marks): void {
  const apiVersion = readText(value['apiVersion'], versionCharsMax, marks)
  if (apiVersion === 'audit.k8s.io/v1beta1' || apiVersion === 'audit.k8s.io/v1alpha1') marks.legacyVersion = true
  if (value['requestObject'] === aksSkippedBody || value['responseObject'] === aksSkippedBody) marks.truncated = true
  if (annotations === null) return
  if (annotations['audit.k8s.io/truncated'] === 'true') marks.truncated = true
  if (Object.keys(annotations).some(saysFailedOpen)) marks.failedOpen = true
}

/** Admission webhooks say it by a prefix, the ImagePolicyWebhook plugin by a key of its own. */
function saysFailedOpen(key: string): boolean {
  return key.startsWith('failed-open.') || key === 'imagepolicywebhook.image-policy.k8s.io/failed-open'
}

/** `created` goes by code 201, for an apply and an update can create too; what a subresource makes is no new object. */
function markWrite(request: Request, answer: Answer, level: Level, marks: Marks): void {
  const { object } = request
  if (object === null) return
  const bodyLogged = level === 'Request' || level === 'RequestResponse'
  const bodyKept = bodyLogged && marks.truncated !== true && marks.bodyTooLarge !== true
  if (isDryRun({ ...request, object, stage: answer.stage, bodyKept })) marks.dryRun = true
  else if (answer.code === 201 && object.subresource === '' && object.resource !== 'bindings') marks.created = true
}
