// What dotted names mean: a field of a variable, a function of a library, a type.

import type { Functions } from './overload.ts'
import type { Call, Node } from './syntax.ts'
import { CelType } from './value.ts'

const types: ReadonlyMap<string, CelType> = new Map(
  [
    'bool',
    'int',
    'uint',
    'double',
    'string',
    'bytes',
    'list',
    'map',
    'type',
    'null_type',
    'optional_type',
    'google.protobuf.Timestamp',
    'google.protobuf.Duration',
    'net.IP',
    'net.CIDR',
    'kubernetes.Quantity',
    'kubernetes.URL',
    'kubernetes.Semver',
  ].map((name) => [name, new CelType(name)]),
)

/** The type that a name says, unless one of `names` hides it. */
export function typeNamed(node: Node | string, names: readonly string[] = []): CelType | undefined {
  const name = typeof node === 'string' ? node : dotted(node)
  if (name === undefined || names.includes(name.split('.')[0] ?? '')) return undefined
  return types.get(name)
}

/** What a call calls: `math.greatest(1, 2)` is a function of a library unless there is a variable `math`. */
export function functionOf(
  { name, target, args }: Call,
  functions: Functions,
  names: readonly string[],
): { readonly name: string; readonly isMethod: boolean; readonly args: readonly Node[] } {
  if (target === undefined) return { name, isMethod: false, args }
  const prefix = dotted(target)
  if (prefix !== undefined && !names.includes(prefix.split('.')[0] ?? '')) {
    const whole = `${prefix}.${name}`
    if (functions.named(whole).length > 0) return { name: whole, isMethod: false, args }
  }
  return { name, isMethod: true, args: [target, ...args] }
}

function dotted(node: Node): string | undefined {
  if (node.type === 'name') return node.name
  if (node.type !== 'select' || node.isOptional) return undefined
  const before = dotted(node.operand)
  return before === undefined ? undefined : `${before}.${node.field}`
}
