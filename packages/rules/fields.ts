// fieldNames: what a rule groups by, counts and tells with.

/** One word each; fieldValue says what it is of an event. */
export const fieldNames = [
  /** The authenticated caller's name. */
  'actor',
  'actor.type',
  /** Whom the actor acted as. */
  'impersonated',
  /** Who is behind it: the initiator's name, the actor's where none is known. */
  'initiator',
  /** `NAMESPACE/KIND/NAME` as sentences write it. */
  'object',
  'object.namespace',
  'object.name',
  'object.resource',
  'object.apiGroup',
  'object.subresource',
  'object.uid',
  /** What kubectl is to be told to mean it: `rolebindings debug-admin -n shop`. Several words, in commands too. */
  'object.kubectl',
  /** The controller that owns it, `KIND/NAME`; the object itself where it has none or its body is not known. */
  'workload',
  'verb',
  'class',
  'outcome',
  'code',
  /** The address that the API server saw. */
  'ip',
  'client',
  'user-agent',
  'request-uri',
  'audit',
  'cluster',
  /** The last moment before the request, so that a command says the same whenever it is pasted: `2026-11-20T14:03:22.418210Z`. */
  'before',
] as const
export type FieldName = (typeof fieldNames)[number]
