// falcoFieldCode: what a field of Falco's k8s_audit source is here, as parts of an expression.

import type { FalcoField } from './condition.ts'
import { present, maybe, type FieldCode, type FieldValue, type Level, type Reading } from './field-code.ts'
import { falcoPointerCode } from './pointer.ts'

export interface FalcoFieldEntry {
  readonly name: string
  readonly argument: 'none' | 'key' | 'index'
  /** Null where an argument is wrong. */
  readonly code: (reading: Reading, argument: string | null) => FieldCode | null
  /** What the mended reading changes, for a note; null where nothing. */
  readonly mends: string | null
}

/** Null for what is none of them, or has a wrong argument. */
export function falcoFieldCode({ name, argument }: FalcoField, reading: Reading): FieldCode | null {
  const entry = entries.get(name)
  if (entry === undefined) return isPointed(name) && argument !== null ? falcoPointerCode(argument) : null
  if (entry.argument === 'none' && argument !== null) return null
  if (entry.argument === 'key' && argument === null) return null
  if (entry.argument === 'index' && argument !== null && !/^\d{1,4}$/.test(argument)) return null
  return entry.code(reading, argument)
}

export const falcoFieldEntry = (name: string): FalcoFieldEntry | undefined => entries.get(name)

type Make = FalcoFieldEntry['code']

const requestGuard = 'request.object != null'

const guardOf = (reading: Reading): string | null => (reading === 'kept' ? requestGuard : null)
const bodyOf = (reading: Reading): string => (reading === 'kept' ? 'request.object' : 'object')
const podOf = (reading: Reading): string => (reading === 'kept' ? 'request.object.?spec' : 'podSpec')

const annotation = (name: string): FieldCode => maybe(`event.annotations[?"${name}"]`)

const ofBody =
  (path: string, type: FieldValue['type'] = 'text'): Make =>
  (reading) =>
    maybe(`${bodyOf(reading)}.${path}`, type, guardOf(reading))

const ofPod =
  (path: string, type: FieldValue['type']): Make =>
  (reading) =>
    maybe(`${podOf(reading)}.${path}`, type, guardOf(reading))

const itself = (name: string, type: FieldValue['type'] = 'text'): FieldValue => ({ optional: null, type, text: name })
const member = (optional: string, type: FieldValue['type'] = 'text', text: string | null = null): FieldValue => ({
  optional,
  type,
  text,
})

/** With an index only that item. */
const only = (over: string, index: string | null): string => (index === null ? over : `[?${over}[?${index}]]`)

const listed =
  (inside: (reading: Reading) => { readonly levels: readonly Level[]; readonly value: FieldValue }): Make =>
  (reading, index) => {
    const { levels, value } = inside(reading)
    const [first, ...rest] = levels
    if (first === undefined) return null
    return {
      kind: 'list',
      levels: [{ ...first, over: only(first.over, index) }, ...rest],
      value,
      guard: guardOf(reading),
    }
  }

const level = (over: string, as: string, when: string | null = null): Level => ({ over, as, when })

type Role = 'containers' | 'initContainers' | 'ephemeralContainers'
const roles: Readonly<Record<Role, string>> = {
  containers: 'container',
  initContainers: 'init',
  ephemeralContainers: 'ephemeral',
}

function ofContainers(role: Role, value: (reading: Reading) => FieldValue, inside: readonly Level[] = []): Make {
  return (reading, index) => {
    const mended = `containers.filter(c, c.role == "${roles[role]}")`
    const kept = `request.object.?spec.?${role}.orValue([])`
    const first =
      reading === 'kept'
        ? level(only(kept, index), 'c')
        : index === null
          ? level('containers', 'c', `c.role == "${roles[role]}"`)
          : level(only(mended, index), 'c')
    return { kind: 'list', levels: [first, ...inside], value: value(reading), guard: guardOf(reading) }
  }
}

/** Without tag and digest. Falco takes what stands before the first `:`, the port of a registry too. */
function repositoryOf(item: string, reading: Reading): FieldValue {
  const image = `${item}.?image.orValue("")`
  return member(
    `${item}.?image`,
    'text',
    reading === 'kept' ? `${image}.split(":")[0].split("@")[0]` : `${image}.find("^([^/]*/)*[^/:@]+")`,
  )
}

/** Of a container, else of the pod, else 0. */
function effective(name: string): (reading: Reading) => FieldValue {
  return (reading) => {
    const own = `c.?securityContext.?${name}`
    const pod = `${podOf(reading)}.?securityContext.?${name}`
    return member(`${own}.or(${pod}).or(optional.of(0))`, 'number')
  }
}

const security =
  (name: string, type: FieldValue['type'] = 'bool') =>
  (): FieldValue =>
    member(`c.?securityContext.?${name}`, type)

function containerFields(role: Role): readonly FalcoFieldEntry[] {
  const field = (name: string, code: Make, mends: string | null = null): FalcoFieldEntry => ({
    name: `ka.req.pod.${role}.${name}`,
    argument: 'index',
    code,
    mends,
  })
  const own = (name: string): Make => ofContainers(role, () => member(`c.?${name}`))
  const many = (name: string): Make =>
    ofContainers(role, () => itself('x', 'any'), [level(`c.?${name}.orValue([])`, 'x')])
  return [
    field('name', own('name')),
    field('image', own('image')),
    field(
      'image.repository',
      ofContainers(role, (reading) => repositoryOf('c', reading)),
      'the port of a registry is no tag',
    ),
    field('command', many('command')),
    field('args', many('args')),
    field('privileged', ofContainers(role, security('privileged'))),
    field('allow_privilege_escalation', ofContainers(role, security('allowPrivilegeEscalation'))),
    field('read_only_fs', ofContainers(role, security('readOnlyRootFilesystem'))),
    field('run_as_user', ofContainers(role, security('runAsUser', 'number'))),
    field('eff_run_as_user', ofContainers(role, effective('runAsUser'))),
    field('run_as_group', ofContainers(role, security('runAsGroup', 'number'))),
    field('eff_run_as_group', ofContainers(role, effective('runAsGroup'))),
    field('proc_mount', ofContainers(role, security('procMount', 'text'))),
    field('add_capabilities', many('securityContext.?capabilities.?add')),
    field(
      'host_port',
      ofContainers(
        role,
        (reading) => member(reading === 'kept' ? 'p.?hostPort.or(p.?containerPort)' : 'p.?hostPort', 'number'),
        [level('c.?ports.orValue([])', 'p')],
      ),
      'a port of the container is none of the host',
    ),
  ]
}

const volumes = (reading: Reading): string => `${podOf(reading)}.?volumes.orValue([])`
const rules = (reading: Reading): Level => level(`${bodyOf(reading)}.?rules.orValue([])`, 'r')
const subjects = (reading: Reading, kind: string | null): Level =>
  level(`${bodyOf(reading)}.?subjects.orValue([])`, 's', kind === null ? null : `s.?kind.orValue("") == "${kind}"`)

const ofRules = (name: string): Make =>
  listed((reading) => ({ levels: [rules(reading), level(`r.?${name}.orValue([])`, 'x')], value: itself('x') }))

const ofVolumes = (path: string): Make =>
  listed((reading) => ({ levels: [level(volumes(reading), 'v')], value: member(`v.${path}`) }))

const ofSubjects = (kind: string | null, value: FieldValue): Make =>
  listed((reading) => ({ levels: [subjects(reading, kind)], value }))

function hostPathOf(reading: Reading, prefix: string | null): FieldCode | null {
  if (prefix === null || prefix === '') return null
  const path = 'v.?hostPath.?path.orValue("")'
  const holds = prefix.endsWith('*')
    ? `${path}.startsWith(${JSON.stringify(prefix.slice(0, -1))})`
    : `${path} == ${JSON.stringify(prefix)}`
  return {
    kind: 'text',
    value: itself(`string(${volumes(reading)}.exists(v, ${holds}))`),
    guard: guardOf(reading),
  }
}

function hasSubject(reading: Reading, name: string | null): FieldCode | null {
  if (name === null) return null
  if (reading === 'kept') return present('"true"')
  return present(`string(object.?subjects.orValue([]).exists(s, s.?name.orValue("") == ${JSON.stringify(name)}))`)
}

type Row = readonly [name: string, argument: FalcoFieldEntry['argument'], code: Make, mends?: string]

const rows: readonly Row[] = [
  ['ka.auditid', 'none', () => present('event.auditID')],
  ['ka.stage', 'none', () => present('event.stage')],
  ['ka.auth.decision', 'none', () => annotation('authorization.k8s.io/decision')],
  ['ka.auth.reason', 'none', () => annotation('authorization.k8s.io/reason')],
  ['ka.auth.openshift.decision', 'none', () => annotation('authentication.openshift.io/decision')],
  ['ka.auth.openshift.username', 'none', () => annotation('authentication.openshift.io/username')],
  [
    'ka.validations.admission.policy.failure',
    'none',
    () => annotation('validation.policy.admission.k8s.io/validation_failure'),
  ],
  ['ka.security.pod.violations', 'none', () => annotation('pod-security.kubernetes.io/audit-violations')],
  ['ka.user.name', 'none', () => present('actor.name')],
  ['ka.user.groups', 'none', plainList('actor.groups', 'g')],
  ['ka.impuser.name', 'none', () => ({ ...present('impersonated.name'), guard: 'impersonated != null' })],
  ['ka.verb', 'none', () => present('event.verb')],
  ['ka.uri', 'none', () => present('event.requestURI')],
  ['ka.uri.param', 'key', (_, key) => maybe(`event.params[?${JSON.stringify(key)}][?0]`)],
  ['ka.target.name', 'none', () => present('event.name')],
  ['ka.target.namespace', 'none', () => present('event.namespace')],
  ['ka.target.resource', 'none', () => present('event.resource')],
  ['ka.target.subresource', 'none', () => present('event.subresource')],
  ['ka.target.pod.name', 'none', () => maybe('response.object.?metadata.?name', 'text', 'response.object != null')],
  ['ka.resp.name', 'none', () => maybe('response.object.?metadata.?name', 'text', 'response.object != null')],
  ['ka.response.code', 'none', () => maybe('response.status.?code', 'number')],
  ['ka.response.reason', 'none', () => maybe('response.status.?reason')],
  ['ka.useragent', 'none', () => present('event.userAgent')],
  [
    'ka.sourceips',
    'index',
    (reading, index) =>
      reading === 'kept' ? plainList('[]', 'i')(reading, index) : plainList('event.sourceIPs', 'i')(reading, index),
    'the addresses of the caller are read; Falco looks elsewhere and finds none',
  ],
  [
    'ka.cluster.name',
    'none',
    (reading) => (reading === 'kept' ? maybe('event.annotations.?cluster_name') : present('event.cluster')),
    'it is the name of the cluster here, not an annotation',
  ],
  ['ka.req.binding.subjects', 'none', ofSubjects(null, itself('s', 'json'))],
  ['ka.req.binding.subjects.user_names', 'none', ofSubjects('User', member('s.?name'))],
  ['ka.req.binding.subjects.group_names', 'none', ofSubjects('Group', member('s.?name'))],
  ['ka.req.binding.subjects.serviceaccount_names', 'none', ofSubjects('ServiceAccount', member('s.?name'))],
  [
    'ka.req.binding.subjects.serviceaccount_ns_names',
    'none',
    ofSubjects('ServiceAccount', member('s.?name', 'text', '(s.?namespace.orValue("") + ":" + s.?name.orValue(""))')),
  ],
  ['ka.req.binding.role', 'none', ofBody('?roleRef.?name')],
  ['ka.req.binding.subject.has_name', 'key', hasSubject, 'it is looked up; Falco always says true'],
  ['ka.req.configmap.name', 'none', () => present('event.name')],
  [
    'ka.req.configmap.obj',
    'none',
    (reading) => ({ kind: 'map', optional: `${bodyOf(reading)}.?data`, guard: guardOf(reading) }),
  ],
  ['ka.req.container.image', 'none', firstOf('ka.req.pod.containers.image')],
  ['ka.req.container.image.repository', 'none', firstOf('ka.req.pod.containers.image.repository')],
  ['ka.req.container.privileged', 'none', ofContainers('containers', security('privileged'))],
  ['ka.req.container.host_network', 'none', ofPod('?hostNetwork', 'bool')],
  ['ka.req.pod.host_ipc', 'none', ofPod('?hostIPC', 'bool')],
  ['ka.req.pod.host_network', 'none', ofPod('?hostNetwork', 'bool')],
  ['ka.req.pod.host_pid', 'none', ofPod('?hostPID', 'bool')],
  ['ka.req.pod.run_as_user', 'none', ofPod('?securityContext.?runAsUser', 'number')],
  ['ka.req.pod.run_as_group', 'none', ofPod('?securityContext.?runAsGroup', 'number')],
  ['ka.req.pod.fs_group', 'none', ofPod('?securityContext.?fsGroup', 'number')],
  [
    'ka.req.pod.supplemental_groups',
    'none',
    listed((reading) => ({
      levels: [level(`${podOf(reading)}.?securityContext.?supplementalGroups.orValue([])`, 'x')],
      value: itself('x', 'number'),
    })),
  ],
  ['ka.req.pod.volumes.hostpath', 'index', ofVolumes('?hostPath.?path')],
  ['ka.req.pod.volumes.flexvolume_driver', 'index', ofVolumes('?flexVolume.?driver')],
  [
    'ka.req.pod.volumes.volume_type',
    'index',
    listed((reading) => ({
      levels: [level(volumes(reading), 'v'), level('v', 'k', 'k != "name"')],
      value: itself('k'),
    })),
  ],
  ['ka.req.volume.hostpath', 'key', hostPathOf],
  ['ka.req.role.rules', 'none', listed((reading) => ({ levels: [rules(reading)], value: itself('r', 'json') }))],
  ['ka.req.role.rules.apiGroups', 'index', ofRules('apiGroups')],
  ['ka.req.role.rules.nonResourceURLs', 'index', ofRules('nonResourceURLs')],
  ['ka.req.role.rules.verbs', 'index', ofRules('verbs')],
  ['ka.req.role.rules.resources', 'index', ofRules('resources')],
  ['ka.req.service.type', 'none', ofBody('?spec.?type')],
  [
    'ka.req.service.ports',
    'index',
    listed((reading) => ({
      levels: [level(`${bodyOf(reading)}.?spec.?ports.orValue([])`, 'x')],
      value: itself('x', 'json'),
    })),
  ],
]

function plainList(over: string, as: string): Make {
  return (_, index) => ({ kind: 'list', levels: [level(only(over, index), as)], value: itself(as), guard: null })
}

/** A deprecated field is the first container's. */
function firstOf(name: string): Make {
  return (reading) => entries.get(name)?.code(reading, '0') ?? null
}

const isPointed = (name: string): boolean => name === 'jevt.value' || name === 'json.value'

const entries: ReadonlyMap<string, FalcoFieldEntry> = new Map(
  [
    ...rows.map(([name, argument, code, mends]) => ({ name, argument, code, mends: mends ?? null })),
    ...(['containers', 'initContainers', 'ephemeralContainers'] as const).flatMap(containerFields),
  ].map((entry) => [entry.name, entry]),
)

/** All but those of JSON pointers. */
export const falcoFieldEntries: readonly FalcoFieldEntry[] = [...entries.values()]

const lettersOf = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')

/** The field that somebody meant who wrote another; null where that is not sure. */
export function likelyFalcoField(name: string): string | null {
  if (!name.startsWith('ka.') || entries.has(name)) return null
  const names = [...entries.keys()]
  const same = names.find((one) => lettersOf(one) === lettersOf(name))
  const [last = ''] = name.split('.').slice(-1)
  const [only, ...others] = names.filter((one) => one.endsWith(`.${last}`) && !one.startsWith('ka.req.'))
  return same ?? (others.length === 0 ? (only ?? null) : null)
}
