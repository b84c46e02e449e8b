// essenceOf: what attribution compares of an object's state: small enough to be kept for each write.

import { hash } from 'node:crypto'
import { childOf, numberIn, textIn } from './attributed-objects.ts'
import { isJsonObject, type JsonObject } from './json-values.ts'

export interface Essence {
  /** spec.replicas; null where it is not said. */
  readonly replicas: number | null
  readonly isPaused: boolean
  readonly minReadySeconds: number
  /**
   * Equal where spec.template is, but for the label that a controller adds and what a decoder writes for an empty time;
   * empty where it is too deep to be read, and then equal to none.
   */
  readonly template: string
  /** Those that a Deployment's controller copies to its ReplicaSets, by name; a value is a digest of the annotation's. */
  readonly annotations: Readonly<Record<string, string>>
  /** The annotation in which the controller tells its ReplicaSets of a scale. */
  readonly desiredReplicas: string | null
  readonly observedGeneration: number | null
}

/** The controller's own, and those it does not copy (kubernetes pkg/controller/deployment/util, annotationsToSkip). */
const ownAnnotations = 'deployment.kubernetes.io/'
const skipped: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'deprecated.deployment.rollback.to',
])
/** More are one digest of all: then only the same ones are equal. */
const annotationsMax = 50
/** Deeper than this is no template of Kubernetes' own. */
const levelsMax = 64
/** Hexadecimal digits of a digest: 64 bits, and who chooses both values only fools himself. */
const digestCharsMax = 16

/** Costs a digest of the template and one of each annotation. */
export function essenceOf(object: JsonObject): Essence {
  const spec = childOf(object, 'spec')
  return {
    replicas: numberIn(spec, 'replicas'),
    isPaused: spec['paused'] === true,
    minReadySeconds: numberIn(spec, 'minReadySeconds') ?? 0,
    template: templateOf(childOf(spec, 'template')),
    annotations: copiedFrom(annotationsOf(object)),
    desiredReplicas: textIn(annotationsOf(object), `${ownAnnotations}desired-replicas`),
    observedGeneration: numberIn(childOf(object, 'status'), 'observedGeneration'),
  }
}

function templateOf(template: JsonObject): string {
  const { creationTimestamp: _time, labels, ...metadata } = childOf(template, 'metadata')
  const { 'pod-template-hash': _hash, ...own } = childOf({ labels }, 'labels')
  const text = sortedJson({ ...template, metadata: { ...metadata, labels: own } }, levelsMax)
  return text === null ? '' : digestOf(text)
}

function copiedFrom(annotations: JsonObject): Readonly<Record<string, string>> {
  const copied = Object.entries(annotations).filter(([key]) => !key.startsWith(ownAnnotations) && !skipped.has(key))
  if (copied.length > annotationsMax) {
    return { '': digestOf(sortedJson(Object.fromEntries(copied), levelsMax) ?? String(copied.length)) }
  }
  return Object.fromEntries(copied.map(([key, value]) => [key, digestOf(String(value))]))
}

function annotationsOf(object: JsonObject): JsonObject {
  return childOf(childOf(object, 'metadata'), 'annotations')
}

function digestOf(text: string): string {
  return hash('sha256', text).slice(0, digestCharsMax)
}

/** The same text for the same JSON, whatever the order of keys; null where it is deeper than `levels`. */
function sortedJson(value: unknown, levels: number): string | null {
  if (levels === 0) return null
  if (Array.isArray(value)) {
    const items = value.map((item) => sortedJson(item, levels - 1))
    return items.includes(null) ? null : `[${items.join(',')}]`
  }
  if (!isJsonObject(value)) return JSON.stringify(value) ?? 'null'
  const members = Object.keys(value)
    .toSorted()
    .map((key) => {
      const member = sortedJson(value[key], levels - 1)
      return member === null ? null : `${JSON.stringify(key)}:${member}`
    })
  return members.includes(null) ? null : `{${members.join(',')}}`
}
