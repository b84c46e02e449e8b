// fieldValue: what a field that a rule groups by, counts or tells with is of a subject.

import type { Event, ObjectRef } from '@plaintrail/event/event'
import { kindOf } from '@plaintrail/event/resources'
import { formatMicroTime, isUsableTime } from '@plaintrail/event/time'
import { isJsonObject } from '@plaintrail/history/json-values'
import type { FieldName } from './fields.ts'
import { kubectlObject } from './filled-text.ts'
import { whyNameless, whyNoUid } from './recorded.ts'
import type { Known, Subject } from './subject.ts'

/** Null where the event has none. */
export function fieldValue(name: FieldName, subject: Subject): Known<string | null> {
  const { event, cluster, initiator } = subject
  switch (name) {
    case 'initiator':
      return text(initiator.isKnown && initiator.value.name !== '' ? initiator.value.name : event.actor.name)
    case 'workload':
      return workloadOf(subject)
    case 'object':
      return ofName(event, (object) => shown(object, kindOf(object.apiGroup, object.resource), object.name))
    case 'object.name':
      return ofName(event, (object) => object.name)
    case 'object.kubectl':
      return ofName(event, kubectlWords)
    case 'object.uid': {
      const why = whyNoUid(event)
      return why === null ? text(event.object?.uid) : { isKnown: false, because: why }
    }
    case 'cluster':
      return text(cluster)
    default:
      return text(plainField(name, event))
  }
}

type PlainField = Exclude<
  FieldName,
  'initiator' | 'workload' | 'object' | 'object.kubectl' | 'object.name' | 'object.uid' | 'cluster'
>

function plainField(name: PlainField, event: Event): string | null | undefined {
  const { actor, impersonated, object, client, source } = event
  switch (name) {
    case 'actor':
      return actor.name
    case 'actor.type':
      return actor.type
    case 'impersonated':
      return impersonated?.name
    case 'object.namespace':
      return object?.namespace
    case 'object.resource':
      return object?.resource
    case 'object.apiGroup':
      return object?.apiGroup
    case 'object.subresource':
      return object?.subresource
    case 'verb':
      return event.verb
    case 'class':
      return event.class
    case 'outcome':
      return event.outcome
    case 'code':
      return event.code === null ? null : String(event.code)
    case 'ip':
      return source.peer
    case 'client':
      return client.name
    case 'user-agent':
      return client.userAgent
    case 'request-uri':
      return event.requestURI
    case 'audit':
      return event.auditID
    case 'before':
      return isUsableTime(event.time) ? formatMicroTime(event.time - 1) : null
    default:
      return name satisfies never
  }
}

/** An empty text is none. */
const text = (value: string | null | undefined): Known<string | null> => ({ isKnown: true, value: value || null })

function ofName(event: Event, valueOf: (object: ObjectRef) => string): Known<string | null> {
  const why = whyNameless(event)
  if (why !== null) return { isKnown: false, because: why }
  return text(event.object === null ? null : valueOf(event.object))
}

/** `NAMESPACE/KIND/NAME`, without what there is none of. */
const shown = ({ namespace }: Pick<ObjectRef, 'namespace'>, kind: string, name: string): string =>
  [namespace, kind, name].filter((part) => part !== '').join('/')

/** With the group where it has one: two groups may have a resource of one name. Empty where a name is no word of its own. */
function kubectlWords({ apiGroup, resource, namespace, name }: ObjectRef): string {
  const words = [[resource, apiGroup].filter((part) => part !== '').join('.'), name]
  const all = [...words, ...(namespace === '' || resource === 'namespaces' ? [] : ['-n', namespace])].join(' ')
  return kubectlObject.test(all) ? all : ''
}

/** The controller that owns it, else the object itself. */
function workloadOf({ event, object }: Subject): Known<string | null> {
  const metadata = object.isKnown && object.value !== null ? object.value['metadata'] : null
  const owners = isJsonObject(metadata) ? metadata['ownerReferences'] : null
  const owner: unknown = Array.isArray(owners)
    ? owners.find((one) => isJsonObject(one) && one['controller'] === true)
    : undefined
  if (isJsonObject(owner) && typeof owner['kind'] === 'string' && typeof owner['name'] === 'string') {
    return text(`${owner['kind']}/${owner['name']}`)
  }
  return ofName(event, ({ apiGroup, resource, name }) => shown({ namespace: '' }, kindOf(apiGroup, resource), name))
}
