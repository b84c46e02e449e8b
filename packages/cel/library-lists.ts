// Lists and sets, as Kubernetes and cel-go have them.

import { madeSizeMax } from './bounds.ts'
import { compare, equals } from './compare.ts'
import { method, overloadFor, plain, type Overload } from './overload.ts'
import type { Run } from './run.ts'
import { CelOptional, Failure, Fault, kindOf, type Value } from './value.ts'
import { operators } from './library-operators.ts'

type List = readonly Value[]
type Int = number | bigint

export const lists: readonly Overload[] = [...ordered(), ...found(), ...remade(), ...sets()]

/** The first fault in a list, for functions that look at every item. */
const faultIn = (list: List): Fault | undefined => list.find((item): item is Fault => item instanceof Fault)

function ordered(): readonly Overload[] {
  return [
    method<[List]>('isSorted', ['list'], 'bool', ([list], run) => {
      const sorted = inOrder(list, run)
      return sorted instanceof Fault
        ? sorted
        : list.every((item, at) => at === 0 || before(list[at - 1] ?? null, item, run) <= 0)
    }),
    method<[List]>('sort', ['list'], 'list', ([list], run) => inOrder(list, run)),
    method<[List]>('min', ['list'], 'dyn', ([list], run) => atEnd(list, 0, run)),
    method<[List]>('max', ['list'], 'dyn', ([list], run) => atEnd(list, -1, run)),
    method<[List]>('sum', ['list'], 'dyn', ([list], run) => sumOf(list, run)),
  ]
}

const before = (one: Value, other: Value, run: Run): number => compare(one, other, run) ?? 0

function inOrder(list: List, run: Run): List | Fault {
  const fault = faultIn(list)
  if (fault !== undefined) return fault
  run.spend(list.length * Math.ceil(Math.log2(list.length + 1)))
  const first = list[0]
  const stray = first === undefined ? undefined : list.find((item) => compare(item, first, run) === undefined)
  if (stray !== undefined) return new Failure(`${kindOf(stray)} has no order here`)
  return list.toSorted((one, other) => before(one, other, run))
}

function atEnd(list: List, at: number, run: Run): Value {
  const sorted = inOrder(list, run)
  return sorted instanceof Fault
    ? sorted
    : (sorted.at(at) ?? new Failure('an empty list has no least or greatest item'))
}

function sumOf(list: List, run: Run): Value {
  const plus = operators.filter(({ name }) => name === '+')
  let sum: Value | undefined
  for (const item of list) {
    run.spend(1)
    if (item instanceof Fault) return item
    const kind = kindOf(item)
    if (!['int', 'uint', 'double', 'duration'].includes(kind)) return new Failure(`sum() takes numbers, not ${kind}`)
    const args: List = sum === undefined ? [] : [sum, item]
    sum =
      sum === undefined
        ? item
        : (overloadFor(plus, args)?.does(args, run) ?? new Failure('sum() of items of two kinds'))
    if (sum instanceof Fault) return sum
  }
  return sum ?? 0
}

function found(): readonly Overload[] {
  const search = (name: string, isLast: boolean): Overload =>
    method<[List, Value]>(name, ['list', 'dyn'], 'int', ([list, wanted], run) => {
      const order = isLast ? [...list.keys()].toReversed() : [...list.keys()]
      for (const at of order) {
        run.spend(1)
        const same = equals(list[at] ?? null, wanted, run)
        // What is not known may be the one that is sought.
        if (same instanceof Fault) return same
        if (same) return at
      }
      return -1
    })
  return [
    search('indexOf', false),
    search('lastIndexOf', true),
    method<[List]>('first', ['list'], 'optional', ([list]) => optionalOf(list[0])),
    method<[List]>('last', ['list'], 'optional', ([list]) => optionalOf(list.at(-1))),
  ]
}

const optionalOf = (item: Value | undefined): Value => (item instanceof Fault ? item : new CelOptional(item))

function remade(): readonly Overload[] {
  return [
    method<[List]>('reverse', ['list'], 'list', ([list], run) => {
      run.spend(list.length)
      return list.toReversed()
    }),
    method<[List]>('distinct', ['list'], 'list', ([list], run) => distinct(list, run)),
    method<[List, Int, Int]>('slice', ['list', 'int', 'int'], 'list', ([list, from, to], run) => {
      if (from < 0 || to < from || to > list.length)
        return new Failure(`there is nothing from ${from} to ${to} in a list of ${list.length}`)
      run.spend(Number(to) - Number(from))
      return list.slice(Number(from), Number(to))
    }),
    method<[List]>('flatten', ['list'], 'list', ([list], run) => flat(list, 1, run)),
    method<[List, Int]>('flatten', ['list', 'int'], 'list', ([list, depth], run) =>
      depth < 0 ? new Failure('flatten() by less than 0 levels') : flat(list, Math.min(Number(depth), 100), run),
    ),
    plain<[Int]>('lists.range', ['int'], 'list', ([count], run) => {
      if (count > madeSizeMax) return new Failure(`a list has more than ${madeSizeMax} items`)
      run.spend(Math.max(0, Number(count)))
      return Array.from({ length: Math.max(0, Number(count)) }, (_, at) => at)
    }),
  ]
}

function distinct(list: List, run: Run): Value {
  const kept: Value[] = []
  for (const item of list) {
    const known = isAmong(item, kept, run)
    if (known instanceof Fault) return known
    if (!known) kept.push(item)
  }
  return kept
}

function flat(list: List, depth: number, run: Run): List {
  run.spend(list.length)
  if (depth === 0) return list
  return list.flatMap((item) => (Array.isArray(item) ? flat(item as List, depth - 1, run) : [item]))
}

/** Whether one is equal to an item; where that is open, why. */
function isAmong(wanted: Value, list: List, run: Run): boolean | Fault {
  let open: Fault | undefined
  for (const item of list) {
    run.spend(1)
    const same = equals(wanted, item, run)
    if (same === true) return true
    if (same !== false) open = same
  }
  return open ?? false
}

function sets(): readonly Overload[] {
  const set = (name: string, does: (one: List, other: List, run: Run) => boolean | Fault): Overload =>
    plain<[List, List]>(`sets.${name}`, ['list', 'list'], 'bool', ([one, other], run) => does(one, other, run))
  return [
    set('contains', holdsAll),
    set('equivalent', (one, other, run) => {
      const holds = holdsAll(one, other, run)
      return holds === false ? false : both(holds, holdsAll(other, one, run))
    }),
    set('intersects', (one, other, run) => {
      let open: Fault | undefined
      for (const item of one) {
        const among = isAmong(item, other, run)
        if (among === true) return true
        if (among !== false) open = among
      }
      return open ?? false
    }),
  ]
}

const both = (one: boolean | Fault, other: boolean | Fault): boolean | Fault =>
  other === false || one === true ? other : one

function holdsAll(one: List, other: List, run: Run): boolean | Fault {
  let open: Fault | undefined
  for (const item of other) {
    const among = isAmong(item, one, run)
    if (among === false) return false
    if (among !== true) open = among
  }
  return open ?? true
}
