// likelyWrite: the kubectl command that most likely made a change, told by its field manager and by what it sends.

import { queryValues } from '@plaintrail/event/request-uri'
import {
  bodyAt,
  hasOnly,
  isPlainName,
  kubectlLine,
  objectWord,
  type KubectlCall,
  type LikelyCommand,
} from './kubectl-line.ts'
import { likelyPatch } from './likely-patch.ts'

type Thing = NonNullable<KubectlCall['object']>

/** What `kubectl create` has a command of its own for (kubectl pkg/cmd/create), by resource. */
const made: ReadonlyMap<string, string> = new Map([
  ['namespaces', 'namespace'],
  ['configmaps', 'configmap'],
  ['secrets', 'secret'],
  ['serviceaccounts', 'serviceaccount'],
  ['resourcequotas', 'quota'],
  ['deployments', 'deployment'],
  ['jobs', 'job'],
  ['cronjobs', 'cronjob'],
  ['services', 'service'],
  ['ingresses', 'ingress'],
  ['roles', 'role'],
  ['clusterroles', 'clusterrole'],
  ['rolebindings', 'rolebinding'],
  ['clusterrolebindings', 'clusterrolebinding'],
  ['poddisruptionbudgets', 'poddisruptionbudget'],
  ['priorityclasses', 'priorityclass'],
])
/** Those that need no more than a name. */
const bare = new Set(['namespaces', 'serviceaccounts', 'configmaps'])

export function likelyWrite(call: KubectlCall, object: Thing): LikelyCommand | null {
  if (call.verb === 'patch') return likelyPatch(call, object)
  if (call.verb === 'delete') return object.subresource === '' ? likelyDelete(call, object) : null
  if (call.verb === 'create') return likelyCreate(call, object)
  return call.verb === 'update' ? likelyUpdate(call, object) : null
}

/** Not sure by itself: `kubectl apply --prune` and `kubectl run --rm` delete in the same words. */
function likelyDelete(call: KubectlCall, object: Thing): LikelyCommand | null {
  const target = objectWord(object)
  if (target === null) return null
  const policy = bodyAt(call.requestObject, 'propagationPolicy')
  const seconds = bodyAt(call.requestObject, 'gracePeriodSeconds')
  const cascade = policy === 'Foreground' || policy === 'Orphan' ? [`--cascade=${policy.toLowerCase()}`] : []
  const grace = typeof seconds === 'number' && Number.isInteger(seconds) ? [`--grace-period=${seconds}`] : []
  const force = seconds === 0 ? ['--force'] : []
  return kubectlLine(call, { subcommand: 'delete', words: [target, ...cascade, ...grace, ...force] })
}

function likelyCreate(call: KubectlCall, object: Thing): LikelyCommand | null {
  switch (object.subresource) {
    case '':
      break
    case 'token':
      return likelyToken(call, object)
    case 'eviction':
      // The node is named by the list that goes before.
      return kubectlLine(call, { subcommand: 'drain', words: [], more: true, namespace: null })
    default:
      return null
  }
  switch (managerOf(call)) {
    case 'kubectl-create':
      return likelyMade(call, object)
    case 'kubectl-client-side-apply':
      return fromFile(call, 'apply')
    case 'kubectl-replace':
      return fromFile(call, 'replace', ['--force'])
    case 'kubectl-autoscale':
      return likelyAutoscale(call)
    case 'kubectl-expose':
      return kubectlLine(call, { subcommand: 'expose', words: [], more: true })
    case 'kubectl-run': {
      const image = bodyAt(call.requestObject, 'spec', 'containers', '0', 'image')
      const words = typeof image === 'string' ? [`--image=${image}`] : []
      return isPlainName(object.name) ? kubectlLine(call, { subcommand: 'run', words: [object.name, ...words] }) : null
    }
    default:
      return fromFile(call, 'create')
  }
}

/** A plain object may come from a command of its own as well as from a file; one with more than that comes from a file. */
function likelyMade(call: KubectlCall, object: Thing): LikelyCommand | null {
  const kind = made.get(object.resource)
  if (object.resource === 'jobs' && bodyAt(call.requestObject, 'metadata', 'annotations', byHand) === 'manual')
    return likelyJob(call, object)
  const own = bodyAt(call.requestObject, 'metadata')
  const names = typeof own === 'object' && own !== null ? Object.keys(own) : []
  // Labels are what the commands for deployments and services set themselves, and the API server for namespaces.
  const isPlain = names.every((name) => ['name', 'namespace', 'labels', 'creationTimestamp'].includes(name))
  if (kind === undefined || !isPlain || isFilled(call.requestObject) || !isPlainName(object.name) || object.name === '')
    return fromFile(call, 'create')
  const isWhole = bare.has(object.resource) && bodyAt(call.requestObject, 'data') === undefined
  return kubectlLine(call, { subcommand: `create ${kind}`, words: [object.name], more: !isWhole })
}

/** What `kubectl create job --from` sets (kubectl pkg/cmd/create/create_job.go). */
const byHand = 'cronjob.kubernetes.io/instantiate'

function likelyJob(call: KubectlCall, object: Thing): LikelyCommand | null {
  const from = bodyAt(call.requestObject, 'metadata', 'ownerReferences', '0', 'name')
  if (!isPlainName(object.name) || typeof from !== 'string') return null
  const words = [object.name, `--from=cronjob/${from}`]
  return kubectlLine(call, { subcommand: 'create job', words, sure: isPlainName(from) })
}

/** A container with variables or limits: no flag of `kubectl create` sets them. */
function isFilled(body: unknown): boolean {
  const container = bodyAt(body, 'spec', 'template', 'spec', 'containers', '0')
  return bodyAt(container, 'env') !== undefined || bodyAt(container, 'resources', 'requests') !== undefined
}

function likelyToken(call: KubectlCall, object: Thing): LikelyCommand | null {
  if (!isPlainName(object.name)) return null
  const spec = bodyAt(call.requestObject, 'spec')
  const seconds = bodyAt(spec, 'expirationSeconds')
  const isPlain = !bodyAt(spec, 'audiences') && !bodyAt(spec, 'boundObjectRef')
  // Of one that asked for no time the API server says an hour.
  const time = typeof seconds === 'number' && seconds !== 3600 ? [`--duration=${seconds}s`] : []
  const words = [object.name, ...time]
  const isSent = typeof spec === 'object' && spec !== null
  return kubectlLine(call, { subcommand: 'create token', words, more: isSent && !isPlain, sure: isSent })
}

function likelyAutoscale(call: KubectlCall): LikelyCommand | null {
  const spec = bodyAt(call.requestObject, 'spec')
  const [kind, name] = ['kind', 'name'].map((key) => bodyAt(spec, 'scaleTargetRef', key))
  const target = `${typeof kind === 'string' ? kind.toLowerCase() : ''}/${typeof name === 'string' ? name : ''}`
  if (!/^\w+\/\w[\w.-]*$/.test(target)) return kubectlLine(call, { subcommand: 'autoscale', words: [], more: true })
  const [min, max] = [bodyAt(spec, 'minReplicas'), bodyAt(spec, 'maxReplicas')]
  const words = [
    target,
    ...(typeof min === 'number' ? [`--min=${min}`] : []),
    ...(typeof max === 'number' ? [`--max=${max}`] : []),
  ]
  // The flag for the rest is another one since 1.33.
  return kubectlLine(call, { subcommand: 'autoscale', words, more: true })
}

function likelyUpdate(call: KubectlCall, object: Thing): LikelyCommand | null {
  if (object.subresource === 'approval' && isPlainName(object.name)) {
    const said = new Set(conditionsOf(call.requestObject))
    // What was said before stays in the list; one request cannot have both.
    const word = said.has('Denied') ? 'deny' : 'approve'
    const isTold = said.has('Denied') !== said.has('Approved')
    if (isTold) return kubectlLine(call, { subcommand: `certificate ${word}`, words: [object.name], sure: true })
    return kubectlLine(call, { subcommand: 'certificate', words: [], more: true })
  }
  if (object.subresource === 'scale' && hasOnly(call.requestObject, 'spec')) return null
  return object.subresource === '' ? fromFile(call, 'replace') : null
}

function conditionsOf(body: unknown): readonly unknown[] {
  const conditions = bodyAt(body, 'status', 'conditions')
  return Array.isArray(conditions) ? conditions.map((one) => bodyAt(one, 'type')) : []
}

/** Which file it was, and what else was in it, no event says; it may name the namespace itself. */
function fromFile(call: KubectlCall, subcommand: string, flags: readonly string[] = []): LikelyCommand | null {
  return kubectlLine(call, { subcommand, words: [...flags, '-f'], more: true, namespace: null })
}

/** The field manager that the client named. Empty where it named none, and where the query is not known. */
const managerOf = ({ requestURI }: KubectlCall): string => queryValues(requestURI, 'fieldManager')[0] ?? ''
