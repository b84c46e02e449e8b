// falcoPointerCode: what a JSON pointer into an audit event is here, as `jevt.value[/objectRef/name]` has it.

import { maybe, present, type FieldCode } from './field-code.ts'

const plain: ReadonlyMap<string, string> = new Map([
  ['/auditID', 'event.auditID'],
  ['/stage', 'event.stage'],
  ['/level', 'event.level'],
  ['/verb', 'event.verb'],
  ['/requestURI', 'event.requestURI'],
  ['/userAgent', 'event.userAgent'],
  ['/user/username', 'actor.name'],
  ['/user/uid', 'actor.uid'],
  ['/objectRef/resource', 'event.resource'],
  ['/objectRef/namespace', 'event.namespace'],
  ['/objectRef/name', 'event.name'],
  ['/objectRef/apiGroup', 'event.apiGroup'],
  ['/objectRef/apiVersion', 'event.apiVersion'],
  ['/objectRef/subresource', 'event.subresource'],
])

interface Root {
  readonly pointer: string
  readonly code: string
  readonly guard: string | null
}

/** What everything below a pointer is a member of. */
const roots: readonly Root[] = [
  { pointer: '/requestObject', code: 'request.object', guard: 'request.object != null' },
  { pointer: '/responseObject', code: 'response.object', guard: 'response.object != null' },
  { pointer: '/responseStatus', code: 'response.status', guard: null },
  { pointer: '/annotations', code: 'event.annotations', guard: null },
  { pointer: '/sourceIPs', code: 'event.sourceIPs', guard: null },
  { pointer: '/user/groups', code: 'actor.groups', guard: null },
  { pointer: '/user/extra', code: 'actor.extra', guard: null },
]

/** Segments of one pointer. */
const segmentsMax = 32

/** Null for what rules cannot read. */
export function falcoPointerCode(pointer: string): FieldCode | null {
  const known = plain.get(pointer)
  if (known !== undefined) return present(known)
  if (pointer === '/impersonatedUser/username')
    return { ...present('impersonated.name'), guard: 'impersonated != null' }
  const root = roots.find(({ pointer: above }) => pointer === above || pointer.startsWith(`${above}/`))
  if (root === undefined) return null
  const segments = pointer.slice(root.pointer.length).split('/').slice(1)
  if (segments.length > segmentsMax) return null
  if (segments.length === 0) return maybe(`optional.of(${root.code})`, 'json', root.guard)
  return maybe(`${root.code}${segments.map(accessOf).join('')}`, 'any', root.guard)
}

function accessOf(segment: string): string {
  const name = segment.replaceAll('~1', '/').replaceAll('~0', '~')
  if (/^\d{1,6}$/.test(name)) return `[?${Number(name)}]`
  return /^[A-Za-z_]\w*$/.test(name) && !celWords.has(name) ? `.?${name}` : `[?${JSON.stringify(name)}]`
}

/** Which CEL takes for something else. */
const celWords: ReadonlySet<string> = new Set(
  'as break const continue else false for function if import in let loop null package namespace return true var void while'.split(
    ' ',
  ),
)
