// sigmaSource: what a field of a Sigma rule for Kubernetes' audit log is here.

import type { FieldName } from '../fields.ts'

export type SigmaSource =
  /** An expression that is always a text, empty where there is none; `isSmall`: of no capitals. */
  | { readonly kind: 'text'; readonly code: string; readonly isSmall: boolean }
  /** A number, or null. */
  | { readonly kind: 'number'; readonly code: string }
  /** A list of texts. */
  | { readonly kind: 'texts'; readonly code: string }
  | { readonly kind: 'time'; readonly code: string }
  /** What stands below `root`, which is a value of JSON or, of a `map` or a `list`, that for certain. */
  | {
      readonly kind: 'json'
      readonly root: string
      readonly rootKind: 'any' | 'map' | 'list'
      readonly path: readonly SigmaStep[]
    }

/** A name; with a number only that item of it. */
export interface SigmaStep {
  readonly name: string
  readonly index: number | null
}

/** What pipelines for this log call fields, and what Sigma's rules mean by it. */
const aliases: ReadonlyMap<string, string> = new Map([
  ['apiGroup', 'objectRef.apiGroup'],
  ['apiVersion', 'objectRef.apiVersion'],
  ['resource', 'objectRef.resource'],
  ['subresource', 'objectRef.subresource'],
  ['namespace', 'objectRef.namespace'],
  ['name', 'objectRef.name'],
  ['username', 'user.username'],
  ['user', 'user.username'],
  ['groups', 'user.groups'],
  ['sourceIP', 'sourceIPs'],
  ['responseCode', 'responseStatus.code'],
  ['user_agent.original', 'userAgent'],
])

/** Of a pod, wherever an object has one. */
const podAliases: ReadonlyMap<string, SigmaSource> = new Map<string, SigmaSource>([
  ['hostPath', ofPod(['volumes', 'hostPath'])],
  ['hostPath.path', ofPod(['volumes', 'hostPath', 'path'])],
  ['hostNetwork', ofPod(['hostNetwork'])],
  ['hostPID', ofPod(['hostPID'])],
  ['hostIPC', ofPod(['hostIPC'])],
  ['serviceAccountName', ofPod(['serviceAccountName'])],
  ['capabilities', ofContainers(['securityContext', 'capabilities', 'add'])],
  ['privileged', ofContainers(['securityContext', 'privileged'])],
  ['allowPrivilegeEscalation', ofContainers(['securityContext', 'allowPrivilegeEscalation'])],
  ['image', ofContainers(['image'])],
])

function ofPod(path: readonly string[]): SigmaSource {
  return { kind: 'json', root: 'podSpec', rootKind: 'map', path: path.map(plainStep) }
}

function ofContainers(path: readonly string[]): SigmaSource {
  return { kind: 'json', root: 'containers', rootKind: 'list', path: path.map(plainStep) }
}

function plainStep(name: string): SigmaStep {
  return { name, index: null }
}

const text = (code: string): SigmaSource => ({ kind: 'text', code, isSmall: false })
/** Names that Kubernetes writes in small letters. */
const smallText = (code: string): SigmaSource => ({ kind: 'text', code, isSmall: true })
const timeSource = (code: string): SigmaSource => ({ kind: 'time', code })

const plain: ReadonlyMap<string, SigmaSource> = new Map<string, SigmaSource>([
  ['auditID', text('event.auditID')],
  ['verb', smallText('event.verb')],
  ['stage', text('event.stage')],
  ['level', text('event.level')],
  ['requestURI', text('event.requestURI')],
  ['userAgent', text('event.userAgent')],
  ['user.username', text('actor.name')],
  ['user.uid', text('actor.uid')],
  ['user.groups', { kind: 'texts', code: 'actor.groups' }],
  ['impersonatedUser.username', text('(impersonated == null ? "" : impersonated.name)')],
  ['impersonatedUser.groups', { kind: 'texts', code: '(impersonated == null ? [] : impersonated.groups)' }],
  ['sourceIPs', { kind: 'texts', code: 'event.sourceIPs' }],
  ['objectRef.resource', smallText('event.resource')],
  ['objectRef.apiGroup', smallText('event.apiGroup')],
  ['objectRef.apiVersion', text('event.apiVersion')],
  ['objectRef.subresource', smallText('event.subresource')],
  ['objectRef.namespace', smallText('event.namespace')],
  ['objectRef.name', text('event.name')],
  ['responseStatus.code', { kind: 'number', code: 'event.code' }],
  ['requestReceivedTimestamp', timeSource('event.time')],
  ['stageTimestamp', timeSource('event.stageTime')],
  ['decision', smallText('event.decision')],
  ['kind', text('"Event"')],
  ['apiVersion', text('"audit.k8s.io/v1"')],
])

const roots: readonly (readonly [name: string, root: string, kind: 'any' | 'map'])[] = [
  ['requestObject', 'request.object', 'any'],
  ['responseObject', 'response.object', 'any'],
  ['responseStatus', 'response.status', 'map'],
  ['annotations', 'event.annotations', 'map'],
  ['user.extra', 'actor.extra', 'map'],
]

/** The field that an alias is another name of. */
export function sigmaFieldName(written: string): string {
  const name = written.replace(/^kubernetes\.audit\./, '')
  // `apiVersion` of Sigma's rules is the object's, and the event's is the same always.
  return aliases.get(name) ?? name
}

export const isPodAlias = (name: string): boolean => podAliases.has(sigmaFieldName(name))

/** Null for what is no field of an event, or is not kept here. */
export function sigmaSource(written: string): SigmaSource | null {
  const name = sigmaFieldName(written)
  const known = podAliases.get(name) ?? plain.get(name)
  if (known !== undefined) return known
  for (const [prefix, root, rootKind] of roots) {
    if (name !== prefix && !name.startsWith(`${prefix}.`) && !name.startsWith(`${prefix}[`)) continue
    const path = stepsOf(prefix, name.slice(prefix.length))
    return path === null || (rootKind === 'map' && path.length === 0) ? null : { kind: 'json', root, rootKind, path }
  }
  return null
}

/** What stands after these is one name, with dots in it. */
const keyed: ReadonlySet<string> = new Set([
  'annotations',
  'labels',
  'data',
  'stringData',
  'binaryData',
  'matchLabels',
  'nodeSelector',
  'extra',
])

/** `.spec.containers[0].image` as steps; null where it cannot be read. */
function stepsOf(prefix: string, rest: string): readonly SigmaStep[] | null {
  if (rest === '') return []
  const steps: SigmaStep[] = []
  let last = prefix.split('.').at(-1) ?? ''
  let left = rest
  while (left !== '') {
    if (keyed.has(last) && left.startsWith('.') && left.length > 1) {
      steps.push({ name: left.slice(1), index: null })
      return steps
    }
    const found = /^\.([^.[\]]+)(?:\[(\d{0,4})\])?/.exec(left)
    if (found === null) return null
    const [whole, name = '', index] = found
    steps.push({ name, index: index === undefined || index === '' ? null : Number(index) })
    last = name
    left = left.slice(whole.length)
  }
  return steps
}

const fieldNames: ReadonlyMap<string, FieldName> = new Map<string, FieldName>([
  ['user.username', 'actor'],
  ['impersonatedUser.username', 'impersonated'],
  ['objectRef.namespace', 'object.namespace'],
  ['objectRef.name', 'object.name'],
  ['objectRef.resource', 'object.resource'],
  ['objectRef.apiGroup', 'object.apiGroup'],
  ['objectRef.subresource', 'object.subresource'],
  ['objectRef.uid', 'object.uid'],
  ['verb', 'verb'],
  ['responseStatus.code', 'code'],
  ['sourceIPs', 'ip'],
  ['userAgent', 'user-agent'],
  ['requestURI', 'request-uri'],
  ['auditID', 'audit'],
  ['cluster', 'cluster'],
])

/** What correlations group and count by; null for what rules here do not. */
export const sigmaGroupField = (written: string): FieldName | null => fieldNames.get(sigmaFieldName(written)) ?? null
