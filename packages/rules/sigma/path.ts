// PathWalk: what stands at a path of an object, as a part of an expression that is never an error.

import type { SigmaStep } from './fields.ts'
import { quoted } from './patterns.ts'

/** Lists of Kubernetes' objects. Others are taken for lists or none as they come. */
const lists: ReadonlySet<string> = new Set([
  'containers',
  'initContainers',
  'ephemeralContainers',
  'volumes',
  'volumeMounts',
  'env',
  'envFrom',
  'command',
  'args',
  'add',
  'drop',
  'rules',
  'subjects',
  'verbs',
  'resources',
  'apiGroups',
  'resourceNames',
  'nonResourceURLs',
  'webhooks',
  'finalizers',
  'ownerReferences',
  'tolerations',
  'imagePullSecrets',
  'groups',
])
/** What Kubernetes' objects have as maps, and never as lists. */
const maps: ReadonlySet<string> = new Set([
  'spec',
  'metadata',
  'template',
  'jobTemplate',
  'securityContext',
  'capabilities',
  'hostPath',
  'labels',
  'annotations',
  'data',
  'stringData',
  'roleRef',
  'secret',
  'configMap',
])
/** And as single values. */
const scalars: ReadonlySet<string> = new Set([
  'name',
  'image',
  'namespace',
  'kind',
  'privileged',
  'hostNetwork',
  'hostPID',
  'hostIPC',
  'path',
  'runAsUser',
  'runAsGroup',
  'runAsNonRoot',
  'allowPrivilegeEscalation',
  'readOnlyRootFilesystem',
  'automountServiceAccountToken',
  'serviceAccountName',
  'nodeName',
  'replicas',
  'code',
  'reason',
  'message',
  'status',
  'apiVersion',
  'generateName',
  'apiGroup',
])

/** Stands for a value, and in no text of a rule. */
const marker = '\u{0}'

const variables = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l'] as const

/** Goes down a path without an error, whatever stands there. */
export class PathWalk {
  private readonly path: readonly SigmaStep[]
  private readonly leaf: (v: string) => string
  private used = 0

  constructor(path: readonly SigmaStep[], leaf: (v: string) => string) {
    this.path = path
    this.leaf = leaf
  }

  /** `v` may be anything. */
  guarded(v: string, at: number): string {
    return at === this.path.length ? this.some(v) : `type(${v}) == map && ${this.from(v, at)}`
  }

  /** `v` is a map. */
  from(v: string, at: number): string {
    const step = this.path[at]
    if (step === undefined) return this.leaf(v)
    const { name, index } = step
    const member = /^[A-Za-z_]\w*$/.test(name) && !reserved.has(name) ? `${v}.?${name}` : `${v}[?${quoted(name)}]`
    const value = `${member}.orValue(null)`
    const isLast = at + 1 === this.path.length
    if (index !== null) {
      const item = `${value}[?${index}].orValue(null)`
      return `type(${value}) == list && ${this.bound(item, at + 1)}`
    }
    if (isLast && scalars.has(name)) return this.bound(value, at + 1)
    if (lists.has(name)) return this.items(`(type(${value}) == list ? ${value} : [])`, at + 1)
    // Guarded before, so that what is below is asked of a map.
    if (maps.has(name) && !isLast) return `type(${value}) == map && ${this.from(member, at + 1)}`
    if (maps.has(name)) return this.bound(value, at + 1)
    return this.items(`(type(${value}) == list ? ${value} : [${value}])`, at + 1)
  }

  /** `v` is a list of maps. */
  maps(v: string): string {
    const item = this.fresh()
    return `${v}.exists(${item}, ${this.from(item, 0)})`
  }

  /** `v` is a list. */
  items(v: string, at: number): string {
    const item = this.fresh()
    const inside = at === this.path.length ? this.leaf(item) : this.guarded(item, at)
    return `${v}.exists(${item}, ${inside})`
  }

  private some(v: string): string {
    return this.items(`(type(${v}) == list ? ${v} : [${v}])`, this.path.length)
  }

  /** What is named once needs no name of its own. */
  private bound(value: string, at: number): string {
    if (at < this.path.length) return this.items(`[${value}]`, at)
    const parts = this.leaf(marker).split(marker)
    return parts.length === 2 ? parts.join(value) : this.items(`[${value}]`, at)
  }

  private fresh(): string {
    const name = variables[this.used % variables.length] ?? 'a'
    this.used += 1
    return this.used > variables.length ? `${name}${this.used}` : name
  }
}

/** Words of the language that are no names of fields. */
const reserved: ReadonlySet<string> = new Set(
  'in as break const continue else for function if import let loop package namespace return var void while true false null'.split(
    ' ',
  ),
)
