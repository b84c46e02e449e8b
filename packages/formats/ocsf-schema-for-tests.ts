// ocsfMistakes: what is wrong with an object as API Activity 1.8, by the attributes that we use. Required attributes, types,
// enumerations and "at least one of" are those of the public schema; an attribute that stands here not is a mistake.

type Check = (value: unknown, path: string) => readonly string[]

export function ocsfMistakes(event: unknown): readonly string[] {
  return apiActivity(event, '')
}

const text: Check = (value, path) => (typeof value === 'string' && value !== '' ? [] : [`${path}: no text`])
const integer: Check = (value, path) => (Number.isSafeInteger(value) ? [] : [`${path}: no integer`])
const boolean: Check = (value, path) => (typeof value === 'boolean' ? [] : [`${path}: no boolean`])
const anything: Check = () => []
const like =
  (pattern: RegExp): Check =>
  (value, path) =>
    typeof value === 'string' && pattern.test(value) ? [] : [`${path}: not like ${pattern}`]
const oneOf =
  (...known: readonly unknown[]): Check =>
  (value, path) =>
    known.includes(value) ? [] : [`${path}: none of ${known.join(', ')}`]
const list =
  (check: Check): Check =>
  (value, path) =>
    Array.isArray(value) ? value.flatMap((part, at) => check(part, `${path}[${at}]`)) : [`${path}: no list`]

interface Shape {
  readonly required?: Readonly<Record<string, Check>>
  readonly optional?: Readonly<Record<string, Check>>
  readonly atLeastOne?: readonly string[]
}

const object =
  ({ required = {}, optional = {}, atLeastOne = [] }: Shape): Check =>
  (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path}: no object`]
    const fields: Readonly<Record<string, unknown>> = { ...value }
    const checks = { ...required, ...optional }
    return [
      ...Object.keys(required).flatMap((name) => (name in fields ? [] : [`${path}.${name}: missing`])),
      ...Object.entries(fields).flatMap(([name, field]) =>
        checks[name] ? checks[name](field, `${path}.${name}`) : [`${path}.${name}: not in the schema`],
      ),
      ...(atLeastOne.length > 0 && !atLeastOne.some((name) => name in fields)
        ? [`${path}: none of ${atLeastOne.join(', ')}`]
        : []),
    ]
  }

const milliseconds: Check = integer
const dateTime = like(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
const address = like(/^[\da-fA-F:.]+$/)

const policy = object({ optional: { name: text, uid: text, desc: text }, atLeastOne: ['name', 'uid'] })
const entity = object({ optional: { name: text, uid: text }, atLeastOne: ['name', 'uid'] })

const metadata = object({
  required: {
    version: oneOf('1.8.0'),
    product: object({ required: { vendor_name: text }, optional: { name: text }, atLeastOne: ['name'] }),
  },
  optional: {
    profiles: list(oneOf('datetime', 'security_control')),
    uid: like(/^evt_/),
    original_event_uid: text,
    correlation_uid: text,
    original_time: text,
    tenant_uid: text,
    log_name: text,
    log_version: text,
    log_level: text,
    log_provider: text,
    logged_time: milliseconds,
    logged_time_dt: dateTime,
    is_truncated: boolean,
    loggers: list(object({ optional: { name: text, logged_time: milliseconds, logged_time_dt: dateTime } })),
  },
})

const user = object({
  optional: {
    name: text,
    uid: text,
    type_id: oneOf(0, 1, 2, 3, 4, 99),
    type: oneOf('Unknown', 'User', 'Admin', 'System', 'Service'),
    groups: list(entity),
  },
  atLeastOne: ['account', 'name', 'uid'],
})

const actor = object({
  optional: {
    app_name: text,
    user,
    authorizations: list(object({ optional: { decision: text, policy }, atLeastOne: ['decision', 'policy'] })),
  },
  atLeastOne: ['process', 'user', 'session', 'app_name', 'app_uid'],
})

const api = object({
  required: { operation: text },
  optional: {
    service: entity,
    group: entity,
    version: text,
    request: object({ required: { uid: text }, optional: { data: anything } }),
    response: object({ optional: { code: integer, error: text, error_message: text, message: text, data: anything } }),
  },
})

const resource = object({
  optional: {
    type: text,
    name: text,
    namespace: text,
    uid: text,
    version: text,
    role_id: oneOf(1),
    role: oneOf('Target'),
  },
  atLeastOne: ['name', 'uid'],
})

const apiActivity = object({
  required: {
    category_uid: oneOf(6),
    class_uid: oneOf(6003),
    activity_id: oneOf(1, 2, 3, 4, 99),
    type_uid: oneOf(600_301, 600_302, 600_303, 600_304, 600_399),
    severity_id: oneOf(1),
    time: milliseconds,
    metadata,
    actor,
    api,
    src_endpoint: object({
      optional: { ip: address, name: text, intermediate_ips: list(address) },
      atLeastOne: ['ip', 'name'],
    }),
  },
  optional: {
    category_name: oneOf('Application Activity'),
    class_name: oneOf('API Activity'),
    activity_name: text,
    severity: oneOf('Informational'),
    time_dt: dateTime,
    message: text,
    status_id: oneOf(0, 1, 2, 99),
    status: text,
    status_code: text,
    status_detail: text,
    action_id: oneOf(0, 1, 2),
    action: oneOf('Unknown', 'Allowed', 'Denied'),
    disposition_id: oneOf(0, 1, 2, 26),
    disposition: oneOf('Unknown', 'Allowed', 'Blocked', 'Unauthorized'),
    http_request: object({
      optional: {
        http_method: oneOf('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'CONNECT', 'TRACE'),
        user_agent: text,
        url: object({ optional: { path: text, query_string: text }, atLeastOne: ['path', 'url_string'] }),
      },
    }),
    http_response: object({ required: { code: integer } }),
    resources: list(resource),
    enrichments: list(
      object({ required: { name: text, value: text, data: anything }, optional: { provider: text, type: text } }),
    ),
    unmapped: anything,
    raw_data: text,
    raw_data_size: integer,
    raw_data_hash: object({
      required: { algorithm_id: oneOf(3), value: like(/^[\da-f]{64}$/) },
      optional: { algorithm: text },
    }),
  },
})
