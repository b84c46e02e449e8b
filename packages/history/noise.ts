// isNoise: what changes in an object without anybody having meant it.

import type { FieldPath } from './field-path.ts'
import { isJsonObject } from './json-values.ts'

/** Of `metadata`: written by the API server with every change, or once for all (ObjectMeta in k8s.io/apimachinery). */
const ofMetadata: ReadonlySet<string> = new Set([
  'managedFields',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'uid',
  'selfLink',
])

/** Written by kubectl and the controllers as they work (k8s.io/api and the Deployment, DaemonSet, Endpoints controllers). */
const annotations: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'deployment.kubernetes.io/revision',
  'deployment.kubernetes.io/revision-history',
  'deployment.kubernetes.io/desired-replicas',
  'deployment.kubernetes.io/max-replicas',
  'deprecated.daemonset.template.generation',
  'endpoints.kubernetes.io/last-change-trigger-time',
  'control-plane.alpha.kubernetes.io/leader',
  'autoscaling.alpha.kubernetes.io/conditions',
  'autoscaling.alpha.kubernetes.io/current-metrics',
])

/** An annotation that changes without anybody having meant it. */
export function isNoiseAnnotation(name: string): boolean {
  return annotations.has(name)
}

/** What a holder of a lease writes every few seconds. Who holds it, and how often that changed, is meant. */
const ofLeases: ReadonlySet<string> = new Set(['renewTime', 'acquireTime'])

/** Their status is what people decide: the approval of a request for a certificate. */
const kindsOfStatus: ReadonlySet<string> = new Set(['CertificateSigningRequest'])

/**
 * Whether a change at `path` of an object of `kind` is hidden unless asked for: the API server's bookkeeping, what
 * kubectl and controllers note for themselves, and `status` (observations, which follow from something else). `value`
 * is what came or went there: an object all of whose members are noise is noise itself, such as `metadata.annotations`
 * that come with the first `kubectl apply`. A classification: nothing is left out of a diff for it.
 */
export function isNoise(path: FieldPath, value: unknown, kind: string): boolean {
  const [root, second, third] = path
  if (root?.kind !== 'field') return false
  if (root.name === 'status') return !kindsOfStatus.has(kind)
  if (root.name === 'spec') return kind === 'Lease' && second?.kind === 'field' && ofLeases.has(second.name)
  if (root.name !== 'metadata') return false
  if (second === undefined)
    return isAll(value, (name, member) => isNoise([root, { kind: 'field', name }], member, kind))
  if (second.kind !== 'field') return false
  if (second.name !== 'annotations') return ofMetadata.has(second.name)
  if (third === undefined) return isAll(value, (name) => annotations.has(name))
  return third.kind === 'field' && annotations.has(third.name)
}

/** Of an object with one member at least. */
function isAll(value: unknown, test: (name: string, member: unknown) => boolean): boolean {
  if (!isJsonObject(value)) return false
  const members = Object.entries(value)
  return members.length > 0 && members.every(([name, member]) => test(name, member))
}
