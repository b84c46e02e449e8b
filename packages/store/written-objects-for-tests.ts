// writeEvent: an audit event of a write whose answer is the object, as an API server posts it.

export interface WrittenObject {
  readonly apiVersion: string
  readonly kind: string
  /** The plural. */
  readonly resource: string
  readonly name: string
  readonly uid: string
}

export interface WriteOf {
  readonly verb: 'create' | 'update'
  /** Of the state that it makes; the update demands the one before. */
  readonly resourceVersion: number
  /** Null for the first. */
  readonly basedOn: number | null
  /** Microseconds since 1970. */
  readonly timeUs: number
  /** All but apiVersion, kind and metadata. */
  readonly content: Readonly<Record<string, unknown>>
  /** The answer in place of the object, such as a Table. */
  readonly answer?: Readonly<Record<string, unknown>>
  readonly user?: string
}

const namespace = 'shop'

export function writeEvent(object: WrittenObject, write: WriteOf): string {
  const { apiVersion, kind, resource, name, uid } = object
  const { verb, resourceVersion, basedOn, timeUs, content, user = 'alice@acme.io' } = write
  const [version = '', group = ''] = apiVersion.split('/').toReversed()
  const metadata = { name, namespace, uid, generation: 1, resourceVersion: String(resourceVersion) }
  const state = { apiVersion, kind, metadata, ...content }
  return JSON.stringify({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'RequestResponse',
    auditID: `00000000-0000-4000-8000-${String(resourceVersion).padStart(12, '0')}`,
    stage: 'ResponseComplete',
    requestURI: `/${group === '' ? 'api' : `apis/${group}`}/${version}/namespaces/${namespace}/${resource}/${name}`,
    verb,
    user: { username: user },
    objectRef: {
      resource,
      namespace,
      name,
      uid,
      apiVersion: version,
      ...(group !== '' && { apiGroup: group }),
      ...(basedOn !== null && { resourceVersion: String(basedOn) }),
    },
    responseStatus: { code: verb === 'create' ? 201 : 200 },
    responseObject: write.answer ?? state,
    requestReceivedTimestamp: microTime(timeUs),
    stageTimestamp: microTime(timeUs + 1_000),
  })
}

function microTime(us: number): string {
  return `${new Date(Math.floor(us / 1_000)).toISOString().slice(0, -1)}${String(us % 1_000).padStart(3, '0')}Z`
}
