// likelyPatch: the kubectl command that most likely made a patch.

import { queryValues } from '@plaintrail/event/request-uri'
import { bodyAt, hasOnly, kubectlLine, objectWord, type KubectlCall, type LikelyCommand } from './kubectl-line.ts'
import { asciiJson } from './shell-words.ts'

type Thing = NonNullable<KubectlCall['object']>
interface Asked {
  readonly call: KubectlCall
  readonly object: Thing
  /** `deployment/api` */
  readonly target: string
  readonly body: unknown
}

const restartedAt = 'kubectl.kubernetes.io/restartedAt'
const valuesMax = 100

/** The commands that name themselves as field manager (kubectl pkg/cmd); `kubectl scale` and `cordon` name none. */
const byManager: ReadonlyMap<string, (asked: Asked) => LikelyCommand | null> = new Map([
  [
    'kubectl-client-side-apply',
    ({ call }) => kubectlLine(call, { subcommand: 'apply', words: ['-f'], more: true, namespace: null }),
  ],
  ['kubectl-edit', (asked) => whole(asked, 'edit')],
  ['kubectl-label', (asked) => likelyNames(asked, 'label', 'labels')],
  ['kubectl-annotate', (asked) => likelyNames(asked, 'annotate', 'annotations')],
  ['kubectl-set', likelySet],
  ['kubectl-rollout', likelyRollout],
  ['kubectl-patch', likelyPlainPatch],
  [
    'kubectl-taint',
    ({ call, object }) => kubectlLine(call, { subcommand: 'taint', words: ['nodes', object.name], more: true }),
  ],
])

export function likelyPatch(call: KubectlCall, object: Thing): LikelyCommand | null {
  const target = objectWord(object)
  if (target === null) return null
  const asked: Asked = { call, object, target, body: call.requestObject }
  const manager = queryValues(call.requestURI, 'fieldManager')[0] ?? ''
  // Every apply on the server's side says whether it may force, and no other patch of kubectl does.
  if (queryValues(call.requestURI, 'force').length > 0) return likelyApply(asked, manager)
  const known = byManager.get(manager)
  if (known !== undefined) return known(asked)
  return manager === '' ? withoutManager(asked) : likelyPlainPatch(asked)
}

function likelyApply({ call }: Asked, manager: string): LikelyCommand | null {
  const [force] = queryValues(call.requestURI, 'force')
  const words = [
    '--server-side',
    ...(manager === 'kubectl' || manager === '' ? [] : [`--field-manager=${manager}`]),
    ...(force === 'true' ? ['--force-conflicts'] : []),
    '-f',
  ]
  return kubectlLine(call, { subcommand: 'apply', words, more: true, namespace: null })
}

function withoutManager(asked: Asked): LikelyCommand | null {
  const { call, object, target, body } = asked
  if (call.requestURI === '') return byDetail(asked)
  if (object.subresource === 'scale') {
    const replicas = bodyAt(body, 'spec', 'replicas')
    const isPlain = hasOnly(body, 'spec') && hasOnly(bodyAt(body, 'spec'), 'replicas') && typeof replicas === 'number'
    if (!isPlain) return whole(asked, 'scale', true)
    return kubectlLine(call, { subcommand: 'scale', words: [target, `--replicas=${replicas}`], sure: true })
  }
  if (object.subresource === 'ephemeralcontainers') return likelyDebug(asked)
  if (object.resource === 'nodes' && object.subresource === '') return likelyCordon(asked)
  // Back to a template of before, by a patch of the template and the annotations (kubectl pkg/polymorphichelpers/rollback.go).
  if (Array.isArray(body) && bodyAt(body[0], 'path') === '/spec/template') return whole(asked, 'rollout undo')
  return null
}

/** A drain cordons its node first; only `uncordon` says this much and no more. */
function likelyCordon({ call, object, body }: Asked): LikelyCommand | null {
  const value = bodyAt(body, 'spec', 'unschedulable')
  const isPlain = hasOnly(body, 'spec') && hasOnly(bodyAt(body, 'spec'), 'unschedulable')
  if (!isPlain) return null
  if (value === true) return kubectlLine(call, { subcommand: 'cordon', words: [object.name] })
  return kubectlLine(call, { subcommand: 'uncordon', words: [object.name], sure: true })
}

function likelyDebug({ call, object, body }: Asked): LikelyCommand | null {
  const containers = bodyAt(body, 'spec', 'ephemeralContainers')
  const last: unknown = Array.isArray(containers) ? containers.at(-1) : undefined
  const word = (flag: string, name: string): readonly string[] => {
    const value = bodyAt(last, name)
    return typeof value === 'string' && value !== '' ? [`--${flag}=${value}`] : []
  }
  const words = [
    object.name,
    ...word('image', 'image'),
    ...word('target', 'targetContainerName'),
    ...word('container', 'name'),
  ]
  return kubectlLine(call, { subcommand: 'debug', words, more: last === undefined })
}

/** Labels or annotations that were set, and `name-` for those that were taken away. */
function likelyNames(asked: Asked, subcommand: string, field: 'labels' | 'annotations'): LikelyCommand | null {
  const { call, target, body } = asked
  const values = bodyAt(body, 'metadata', field)
  const isPlain = hasOnly(body, 'metadata') && hasOnly(bodyAt(body, 'metadata'), field)
  if (!isPlain || typeof values !== 'object' || values === null) return whole(asked, subcommand, true)
  const words = Object.entries(values).map(([name, value]) =>
    value === null ? `${name}-` : `${name}=${String(value)}`,
  )
  const isSafe = words.every((word) => /^\w/.test(word)) && words.length <= valuesMax
  return isSafe
    ? kubectlLine(call, { subcommand, words: [target, ...words], sure: true })
    : whole(asked, subcommand, true)
}

/** `kubectl set`: of its commands only `image` shows what it does without values that may be secrets. */
function likelySet(asked: Asked): LikelyCommand | null {
  const { call, object, target, body } = asked
  const spec = object.resource === 'pods' ? bodyAt(body, 'spec') : bodyAt(podTemplate(object, body), 'spec')
  const containers = ['containers', 'initContainers'].flatMap((list) => itemsOf(bodyAt(spec, list)))
  const pairs = containers.map((one) => [bodyAt(one, 'name'), bodyAt(one, 'image')] as const)
  const isImages =
    containers.length > 0 && containers.every((one) => hasOnly(one, 'name', 'image')) && hasNoMore(spec, pairs.length)
  const words = pairs.map(([name, image]) => `${String(name)}=${String(image)}`)
  if (isImages && words.every((word) => /^\w/.test(word)))
    return kubectlLine(call, { subcommand: 'set image', words: [target, ...words], sure: true })
  if (containers.some((one) => Array.isArray(bodyAt(one, 'env')))) return whole(asked, 'set env', true)
  if (containers.some((one) => bodyAt(one, 'resources') !== undefined)) return whole(asked, 'set resources', true)
  if (bodyAt(spec, 'serviceAccountName') !== undefined) return whole(asked, 'set serviceaccount', true)
  return whole(asked, 'set', true)
}

function podTemplate(object: Thing, body: unknown): unknown {
  return object.resource === 'cronjobs'
    ? bodyAt(body, 'spec', 'jobTemplate', 'spec', 'template')
    : bodyAt(body, 'spec', 'template')
}

const itemsOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** Beside its containers a strategic patch says their order. */
function hasNoMore(spec: unknown, containers: number): boolean {
  const names = typeof spec === 'object' && spec !== null ? Object.keys(spec) : []
  return containers > 0 && names.every((name) => /^(?:\$setElementOrder\/)?(?:containers|initContainers)$/.test(name))
}

function likelyRollout(asked: Asked): LikelyCommand | null {
  const { body } = asked
  const spec = bodyAt(body, 'spec')
  if (hasOnly(spec, 'paused')) {
    const paused = bodyAt(spec, 'paused')
    return whole(asked, paused === true ? 'rollout pause' : 'rollout resume')
  }
  const annotations = bodyAt(spec, 'template', 'metadata', 'annotations')
  return hasOnly(annotations, restartedAt) ? whole(asked, 'rollout restart') : whole(asked, 'rollout', true)
}

/** Values may be secrets: a patch is shown whole where it has none but numbers, yes, no and nothing. */
function likelyPlainPatch(asked: Asked): LikelyCommand | null {
  const { call, object, target, body } = asked
  const sub = object.subresource === '' ? [] : [`--subresource=${object.subresource}`]
  const isJson = Array.isArray(body)
  const type = isJson ? ['--type=json'] : isForeign(object) ? ['--type=merge'] : []
  const isShown = isJson ? body.every((step) => isHarmless(bodyAt(step, 'value'))) : isHarmless(body)
  if (body === undefined || body === null || !isShown)
    return kubectlLine(call, { subcommand: 'patch', words: [target, ...sub, ...type, '-p'], more: true })
  // What an object means no event says: merge and strategic patches look the same.
  return kubectlLine(call, {
    subcommand: 'patch',
    words: [target, ...sub, ...type, '-p', asciiJson(body)],
    sure: isJson,
  })
}

/** Of custom resources no patch is strategic. */
const isForeign = ({ apiGroup }: Thing): boolean => apiGroup.includes('.') && !apiGroup.endsWith('.k8s.io')

function isHarmless(value: unknown): boolean {
  if (typeof value === 'string') return false
  if (typeof value !== 'object' || value === null) return true
  return Object.values(value).every(isHarmless)
}

/** By what is stored of an event whose bytes are gone: never sure. */
function byDetail(asked: Asked): LikelyCommand | null {
  const { call, object, target } = asked
  const detail = call.detail ?? ''
  const replicas = /^replicas (\d+)$/.exec(detail)?.[1]
  if (object.subresource === 'scale' && replicas !== undefined)
    return kubectlLine(call, { subcommand: 'scale', words: [target, `--replicas=${replicas}`] })
  if (detail.startsWith('applied '))
    return kubectlLine(call, { subcommand: 'apply', words: ['--server-side', '-f'], more: true, namespace: null })
  if (detail === 'restarted') return whole(asked, 'rollout restart')
  if (detail === 'cordoned' || detail === 'uncordoned')
    return kubectlLine(call, { subcommand: detail.slice(0, -2), words: [object.name] })
  if (/^images? [^;]*$/.test(detail)) return whole(asked, 'set image', true)
  if (/^labels [^;]*$/.test(detail)) return whole(asked, 'label', true)
  if (/^annotations [^;]*$/.test(detail)) return whole(asked, 'annotate', true)
  return whole(asked, 'patch', true)
}

/** The object says all, unless there is `more`. An editor, a restart or a pause has no flag that its call shows. */
function whole({ call, object, target }: Asked, subcommand: string, more = false): LikelyCommand | null {
  const sure = surely.has(subcommand) && object.subresource === ''
  return kubectlLine(call, { subcommand, words: [target], more, sure })
}

const surely = new Set(['edit', 'rollout restart', 'rollout pause', 'rollout resume'])
