// likelyCommand: the kubectl command that most likely made a call, and whether no other one makes it.

import { queryValues } from '@plaintrail/event/request-uri'
import { isClusterScoped } from '@plaintrail/event/resources'
import {
  bodyAt,
  isPlainName,
  kubectlLine,
  objectWord,
  resourceWord,
  type KubectlCall,
  type LikelyCommand,
} from './kubectl-line.ts'
import { likelyWrite } from './likely-write.ts'

const plainCharsMax = 300

/**
 * Null where the client does not say that it is kubectl, or no command of kubectl makes such a call by itself: discovery
 * goes before other calls. What kubectl asks is that of versions 1.29 to 1.37.
 */
export function likelyCommand(call: KubectlCall): LikelyCommand | null {
  if (call.client.name !== 'kubectl' || isDiscovery(call)) return null
  if (call.object === null) return rawPath(call)
  switch (call.class) {
    case 'connect':
      return likelyConnection(call, call.object)
    case 'write':
      return likelyWrite(call, call.object)
    case 'read':
      return likelyRead(call, call.object)
    default:
      return null
  }
}

/** What a client asks to know which resources there are and how they look. */
export function isDiscovery({ object, path }: Pick<KubectlCall, 'object' | 'path'>): boolean {
  return (
    object === null && /^\/(?:api(?:\/[^/]*)?|apis(?:\/[^/]*){0,2}|openapi\/.*|swagger\.json|version)\/?$/.test(path)
  )
}

/** A call that no command is known for, as the API server names it: `patch /api/v1/namespaces/shop/pods/api-1`. */
export function plainCall({ verb, path, object }: Pick<KubectlCall, 'verb' | 'path' | 'object'>): string {
  const { apiGroup = '', resource = '', subresource = '', namespace = '', name = '' } = object ?? {}
  const parts = [[resource, apiGroup].filter(Boolean).join('.'), namespace, name, subresource]
  const text = `${verb} ${path === '' ? parts.filter(Boolean).join('/') : path}`
  // Names may hold anything, a control character too.
  const shown = text.replaceAll(/[^ -~]/g, (unit) => encodeURIComponent(unit.toWellFormed()))
  return shown.length <= plainCharsMax ? shown : `${shown.slice(0, plainCharsMax - 1)}…`
}

type Thing = NonNullable<KubectlCall['object']>

function rawPath(call: KubectlCall): LikelyCommand | null {
  const { verb, requestURI, path } = call
  if (verb !== 'get') return null
  const asked = requestURI === '' ? path : requestURI
  return /^\/[\w%/.,:=?&~-]*$/.test(asked)
    ? kubectlLine(call, { subcommand: 'get', words: ['--raw', asked], namespace: null, sure: true })
    : null
}

function likelyConnection(call: KubectlCall, object: Thing): LikelyCommand | null {
  const { requestURI } = call
  const target = objectWord(object)
  if (target === null) return null
  const [container = ''] = queryValues(requestURI, 'container')
  const isOn = (name: string): boolean => queryValues(requestURI, name)[0] === 'true'
  const hands = isOn('stdin') ? [isOn('tty') ? '-it' : '-i'] : []
  const where = isPlainName(container) ? ['-c', container] : []
  switch (object.subresource) {
    case 'exec': {
      const run = queryValues(requestURI, 'command')
      // `kubectl cp` runs tar in the container.
      const isCopy = run[0] === 'tar'
      if (run.length === 0) return kubectlLine(call, { subcommand: 'exec', words: [target], more: true })
      return kubectlLine(call, { subcommand: 'exec', words: [...hands, target, ...where], run, sure: !isCopy })
    }
    case 'attach':
      return kubectlLine(call, { subcommand: 'attach', words: [...hands, target, ...where] })
    case 'portforward':
      // The ports are named inside the stream.
      return kubectlLine(call, { subcommand: 'port-forward', words: [target], more: true })
    case 'proxy':
      return rawPath(call)
    default:
      return null
  }
}

function likelyRead(call: KubectlCall, object: Thing): LikelyCommand | null {
  if (call.verb === 'create') return likelyQuestion(call, object)
  if (object.subresource === 'log') return likelyLogs(call, object)
  if (object.subresource !== '' && object.subresource !== 'status' && object.subresource !== 'scale') return null
  const sub = object.subresource === '' ? [] : [`--subresource=${object.subresource}`]
  if (object.apiGroup === 'metrics.k8s.io') return likelyTop(call, object)
  const word = resourceWord(object)
  if (word === null) return null
  if (call.verb === 'get' || call.verb === 'head') {
    const target = objectWord(object)
    return target === null ? null : kubectlLine(call, { subcommand: 'get', words: [target, ...sub] })
  }
  return call.verb === 'list' || call.verb === 'watch' ? likelyList(call, object, word) : null
}

/** A list or a watch; a watch of one name is `kubectl get … -w` as much as what `delete`, `wait` and `rollout` wait by. */
function likelyList(call: KubectlCall, object: Thing, word: string): LikelyCommand | null {
  const { requestURI, verb } = call
  const labels = queryValues(requestURI, 'labelSelector').filter((text) => text !== '')
  const fields = queryValues(requestURI, 'fieldSelector').filter((text) => text !== '')
  const node = /^spec\.nodeName=([\w.-]+)$/.exec(fields.join(','))?.[1]
  // A drain asks for a node's pods by this selector, `kubectl describe node` by a longer one.
  if (
    verb === 'list' &&
    object.resource === 'pods' &&
    object.namespace === '' &&
    node !== undefined &&
    isPlainName(node)
  )
    return kubectlLine(call, { subcommand: 'drain', words: [node], more: true, namespace: null })
  const words = [
    ...(object.namespace === '' && isNamespaced(object) ? ['--all-namespaces'] : []),
    ...labels.flatMap((text) => ['-l', text]),
    ...fields.map((text) => `--field-selector=${text}`),
    ...(verb === 'watch' ? ['--watch'] : []),
  ]
  return kubectlLine(call, { subcommand: 'get', words: [word, ...words] })
}

/** What is not known is taken to be: kubectl ignores the flag where it is not. */
const isNamespaced = ({ apiGroup, resource }: Thing): boolean => isClusterScoped(apiGroup, resource) !== true

function likelyLogs(call: KubectlCall, object: Thing): LikelyCommand | null {
  if (!isPlainName(object.name)) return null
  const value = (name: string): string => queryValues(call.requestURI, name)[0] ?? ''
  const number = (name: string, flag: string, unit = ''): readonly string[] =>
    /^\d{1,9}$/.test(value(name)) ? [`--${flag}=${value(name)}${unit}`] : []
  const yes = (name: string, flag: string): readonly string[] => (value(name) === 'true' ? [flag] : [])
  const words = [
    object.name,
    ...(isPlainName(value('container')) ? ['-c', value('container')] : []),
    ...yes('follow', '-f'),
    ...yes('previous', '--previous'),
    ...yes('timestamps', '--timestamps'),
    ...number('tailLines', 'tail'),
    ...number('sinceSeconds', 'since', 's'),
  ]
  return kubectlLine(call, { subcommand: 'logs', words })
}

function likelyTop(call: KubectlCall, object: Thing): LikelyCommand | null {
  const name = object.name === '' ? [] : [object.name]
  if (!name.every(isPlainName) || !['pods', 'nodes'].includes(object.resource)) return null
  const all = object.resource === 'pods' && object.namespace === '' ? ['--all-namespaces'] : []
  return kubectlLine(call, { subcommand: `top ${object.resource}`, words: [...name, ...all] })
}

/** A question about oneself is a create that stores nothing. */
function likelyQuestion(call: KubectlCall, object: Thing): LikelyCommand | null {
  if (object.resource === 'selfsubjectreviews')
    return kubectlLine(call, { subcommand: 'auth whoami', words: [], sure: true })
  const namespace = textOf(bodyAt(call.requestObject, 'spec', 'resourceAttributes', 'namespace'))
  if (object.resource === 'selfsubjectrulesreviews') {
    const asked = textOf(bodyAt(call.requestObject, 'spec', 'namespace'))
    return kubectlLine(call, { subcommand: 'auth can-i', words: ['--list'], namespace: asked })
  }
  if (object.resource !== 'selfsubjectaccessreviews') return null
  const asked = (name: string): string => textOf(bodyAt(call.requestObject, 'spec', 'resourceAttributes', name))
  const [verb, resource, group, name] = ['verb', 'resource', 'group', 'name'].map(asked)
  const what = [resource, group].filter(Boolean).join('.') + (name === '' ? '' : `/${name}`)
  const words = [verb ?? '', what]
  if (!words.every((word) => /^\w[\w.:/-]*$/.test(word)))
    return kubectlLine(call, { subcommand: 'auth can-i', words: [], more: true, namespace: null })
  return kubectlLine(call, { subcommand: 'auth can-i', words, namespace: namespace === '' ? null : namespace })
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
