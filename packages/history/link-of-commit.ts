// linkOfCommit: which commit, and whom, a write names in what tools of continuous delivery write beside an object.

import { childOf, textIn } from './attributed-objects.ts'
import type { AttributedEvent } from './initiator-facts.ts'
import type { ChainLink } from './initiator.ts'
import { isJsonObject, type JsonObject } from './json-values.ts'

/** Of each thing that is named, in UTF-16 units. */
const namedCharsMax = 200
/** Of people, of one message. */
const peopleMax = 4
/** Of a message; more is not read. */
const messageCharsMax = 10_000
const commitId = /^[0-9a-f]{7,64}$/

interface Named {
  /** Where it stands. */
  readonly key: string
  readonly commit: string | null
  readonly people: readonly string[]
}

/**
 * Anybody may write these, so it is a claim beside the write: it changes no initiator. Read from what this request sets,
 * never from the answer, in which the words of others before stay. An update sends them all again, so it is not read.
 */
export function linkOfCommit({ id, raw, event }: AttributedEvent): ChainLink | null {
  if (event.class !== 'write' || (event.verb !== 'create' && event.verb !== 'patch')) return null
  const set = metadataSetBy(raw['requestObject'])
  const named = set === null ? null : (deployedBy(set) ?? pipelineOf(set) ?? imageOf(set) ?? messageIn(set))
  if (named === null || (named.commit === null && named.people.length === 0)) return null
  const words = [...(named.commit === null ? [] : [`the commit ${named.commit}`]), ...named.people]
  const why = `${event.actor.name} wrote with it, as anybody could, that it is of ${words.join(', ')} (${named.key})`
  return { what: 'commit', event: id, why }
}

interface SetMetadata {
  readonly annotations: JsonObject
  readonly labels: JsonObject
}

/** Of a whole object, of a patch that is one in part, and of a JSON patch. */
function metadataSetBy(request: unknown): SetMetadata | null {
  if (Array.isArray(request)) return metadataOfOperations(request)
  if (!isJsonObject(request)) return null
  const metadata = childOf(request, 'metadata')
  return { annotations: childOf(metadata, 'annotations'), labels: childOf(metadata, 'labels') }
}

function metadataOfOperations(operations: readonly unknown[]): SetMetadata {
  const set = { annotations: new Map<string, unknown>(), labels: new Map<string, unknown>() }
  for (const operation of operations) {
    if (!isJsonObject(operation) || (operation['op'] !== 'add' && operation['op'] !== 'replace')) continue
    const [, metadata, part, key] = (textIn(operation, 'path') ?? '').split('/', 4)
    if (metadata !== 'metadata' || (part !== 'annotations' && part !== 'labels')) continue
    const { value } = operation
    if (key !== undefined) set[part].set(key.replaceAll('~1', '/').replaceAll('~0', '~'), value)
    else if (isJsonObject(value)) for (const [name, text] of Object.entries(value)) set[part].set(name, text)
  }
  return { annotations: Object.fromEntries(set.annotations), labels: Object.fromEntries(set.labels) }
}

const deployKey = 'actions.github.com/k8s-deploy'

/** JSON with `commit` and `createdBy`, who started the run (Azure/k8s-deploy, workflowAnnotationUtils.ts). */
function deployedBy({ annotations }: SetMetadata): Named | null {
  const run = parsed(textIn(annotations, deployKey))
  if (run === null) return null
  const by = textIn(run, 'createdBy')
  return {
    key: deployKey,
    commit: commitIn(textIn(run, 'commit')),
    people: by === null ? [] : [`started by ${cut(by)}`],
  }
}

const shaKey = 'pipelinesascode.tekton.dev/sha'
const senderKey = 'pipelinesascode.tekton.dev/sender'

/** Labels, some of which are annotations too (tektoncd/pipelines-as-code pkg/kubeinteraction/labels.go). */
function pipelineOf({ annotations, labels }: SetMetadata): Named | null {
  const commit = commitIn(textIn(labels, shaKey) ?? textIn(annotations, shaKey))
  if (commit === null) return null
  const sender = textIn(annotations, senderKey) ?? textIn(labels, senderKey)
  return { key: shaKey, commit, people: sender === null ? [] : [`sent by ${cut(sender)}`] }
}

const revisionKey = 'org.opencontainers.image.revision'

/** A key of image annotations (OCI image-spec, annotations.md) that pipelines put on objects too. */
function imageOf({ annotations }: SetMetadata): Named | null {
  const commit = commitIn(textIn(annotations, revisionKey))
  return commit === null ? null : { key: revisionKey, commit, people: [] }
}

const messageKey = 'kubernetes.io/change-cause'
const wholeCommit = /\b(?:[0-9a-f]{64}|[0-9a-f]{40})\b/
/** Trailers of git and of tools on top of it; the value of the first two is no person. */
const trailer =
  /^(Argocd-reference-commit-sha|Change-Id|Argocd-reference-commit-author|Co-authored-by|Signed-off-by): *(\S.*)$/gim

/** Free text, often the message of a commit with its trailers. */
function messageIn({ annotations }: SetMetadata): Named | null {
  const message = textIn(annotations, messageKey)?.slice(0, messageCharsMax)
  if (message === undefined) return null
  const trailers = [...message.matchAll(trailer)].map(([, name = '', value = '']) => ({
    name: name.toLowerCase(),
    text: `${name}: ${cut(value.trim())}`,
    value: value.trim(),
  }))
  const reference = trailers.find(({ name }) => name === 'argocd-reference-commit-sha')
  return {
    key: messageKey,
    commit: commitIn(reference?.value ?? wholeCommit.exec(message)?.[0] ?? null),
    people: trailers
      .filter(({ name }) => name !== 'argocd-reference-commit-sha')
      .slice(0, peopleMax)
      .map(({ text }) => text),
  }
}

function commitIn(text: string | null): string | null {
  return text !== null && commitId.test(text) ? text : null
}

function cut(text: string): string {
  return text.slice(0, namedCharsMax)
}

function parsed(text: string | null): JsonObject | null {
  try {
    const value: unknown = text === null ? null : JSON.parse(text)
    return isJsonObject(value) ? value : null
  } catch {
    return null
  }
}
