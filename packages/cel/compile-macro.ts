// Macros: what goes over lists and maps, and what gives a value a name.

import { madeSizeMax } from './bounds.ts'
import { entriesOf } from './compare.ts'
import { joined, notBool, putInto, type Code, type Compiling } from './code.ts'
import type { Run } from './run.ts'
import type { Macro } from './syntax.ts'
import { CelMap, CelOptional, Failure, Fault, kindOf, type Value, worseOf } from './value.ts'

interface Loop {
  readonly node: Macro
  readonly range: Code
  readonly filter: Code | undefined
  readonly body: Code
  /** The slot of the first variable; a second one has the next. */
  readonly slot: number
  readonly isTraced: boolean
}

export function compileMacro(node: Macro, context: Compiling): Code {
  const { compile } = context
  const inner = { ...context, locals: [...context.locals, ...node.variables] }
  const loop: Loop = {
    node,
    range: compile(node.range, context),
    filter: node.filter === undefined ? undefined : compile(node.filter, inner),
    body: compile(node.body, inner),
    slot: context.locals.length,
    isTraced: context.isTraced,
  }
  switch (node.name) {
    case 'bind':
      return (run) => bind(loop, run)
    case 'optMap':
    case 'optFlatMap':
      return (run) => ofOptional(loop, run)
    case 'all':
    case 'exists':
      return (run) => overRange(loop, run, decide)
    case 'exists_one':
      return (run) => overRange(loop, run, countOne)
    case 'map':
    case 'filter':
    case 'transformList':
      return (run) => overRange(loop, run, makeList)
    default:
      return (run) => overRange(loop, run, makeMap)
  }
}

/** A value that is an error stays one only where it is used. */
function bind({ range, body, slot, isTraced }: Loop, run: Run): Value {
  run.spend(1)
  const value = range(run)
  run.locals[slot] = value
  if (isTraced) run.localPaths[slot] = run.step?.steps[0]?.path
  return body(run)
}

function ofOptional({ node, range, body, slot, isTraced }: Loop, run: Run): Value {
  run.spend(1)
  const optional = range(run)
  if (optional instanceof Fault) return optional
  if (!(optional instanceof CelOptional))
    return new Failure(`an optional is expected, not ${kindOf(optional)}`, node.from)
  if (optional.value === undefined) return optional
  run.locals[slot] = optional.value
  if (isTraced) run.localPaths[slot] = run.step?.steps[0]?.path
  const made = body(run)
  if (made instanceof Fault) return made
  if (node.name === 'optMap') return new CelOptional(made)
  return made instanceof CelOptional ? made : new Failure('optFlatMap() takes an optional', node.body.from)
}

/** Goes on with what is to be gone over, or with the fault that stands in its place. */
function overRange(loop: Loop, run: Run, go: (loop: Loop, run: Run, items: Items) => Value): Value {
  run.spend(1)
  const range = loop.range(run)
  if (range instanceof Fault) return range
  const kind = kindOf(range)
  if (kind !== 'list' && kind !== 'map') {
    return new Failure(`${loop.node.name}() goes over lists and maps, not ${kind}`, loop.node.range.from)
  }
  const path = loop.isTraced ? run.step?.steps[0]?.path : undefined
  return go(loop, run, { isList: kind === 'list', range, path })
}

interface Items {
  readonly isList: boolean
  readonly range: Value
  readonly path: string | undefined
}

/** What is done with an item; true ends the loop. */
type Visit = (key: Value) => boolean

/** Goes over the keys of what is gone over (of a list: its numbers). Each item is charged, and put into the slots. */
function visitAll(loop: Loop, run: Run, items: Items, visit: Visit): void {
  const { range, isList } = items
  if (isList) {
    const list = range as readonly Value[]
    for (let at = 0; at < list.length; at += 1) {
      enter(loop, run, items, [at, list[at] ?? null])
      if (visit(at)) return
    }
    return
  }
  for (const entry of entriesOf(range)) {
    enter(loop, run, items, entry)
    if (visit(entry[0])) return
  }
}

/** Puts an item into the slots. One variable is the item of a list and the key of a map. */
function enter({ node, slot, isTraced }: Loop, run: Run, items: Items, [key, value]: readonly [Value, Value]): void {
  run.spend(1)
  const isPair = node.variables.length > 1
  run.locals[slot] = isPair || !items.isList ? key : value
  if (isPair) run.locals[slot + 1] = value
  if (isTraced) {
    const path = items.path === undefined ? undefined : joined(items.path, key)
    run.localPaths[slot] = isPair || !items.isList ? undefined : path
    if (isPair) run.localPaths[slot + 1] = path
  }
}

/** all() and exists(): one item decides, whatever others could not be told. */
function decide(loop: Loop, run: Run, items: Items): Value {
  const decides = loop.node.name === 'exists'
  let fault: Fault | undefined
  let isDecided = false
  visitAll(loop, run, items, () => {
    const value = loop.body(run)
    if (value === decides) isDecided = true
    else if (value !== !decides) fault = added(fault, value, loop)
    return isDecided
  })
  return isDecided ? decides : (fault ?? !decides)
}

function added(before: Fault | undefined, value: Value, { node }: Loop): Fault {
  const fault = value instanceof Fault ? value : notBool(value, node.body)
  return before === undefined ? fault : worseOf(before, fault)
}

/** No item decides alone, so a fault of any is that of the whole. */
function countOne(loop: Loop, run: Run, items: Items): Value {
  let count = 0
  let fault: Fault | undefined
  visitAll(loop, run, items, () => {
    const value = loop.body(run)
    if (value === true) count += 1
    else if (value !== false) fault = added(fault, value, loop)
    return false
  })
  return fault ?? count === 1
}

function makeList(loop: Loop, run: Run, items: Items): Value {
  const { node, filter, body, slot } = loop
  const isFilter = node.name === 'filter'
  const made: Value[] = []
  let fault: Fault | undefined
  visitAll(loop, run, items, () => {
    const kept = isFilter ? body(run) : (filter?.(run) ?? true)
    if (kept === false) return false
    const item = isFilter ? (run.locals[slot] ?? null) : body(run)
    if (kept !== true) fault = added(fault, kept, loop)
    else if (item instanceof Fault) fault = added(fault, item, loop)
    else made.push(item)
    return made.length > madeSizeMax
  })
  if (made.length > madeSizeMax) return new Failure(`a list has more than ${madeSizeMax} items`, node.from)
  return fault ?? made
}

function makeMap(loop: Loop, run: Run, items: Items): Value {
  const { filter, body } = loop
  const made = new Map<string, readonly [Value, Value]>()
  let fault: Fault | undefined
  visitAll(loop, run, items, (key) => {
    const kept = filter?.(run) ?? true
    if (kept === false) return false
    if (kept !== true) {
      fault = added(fault, kept, loop)
      return false
    }
    const value = body(run)
    const failed = value instanceof Fault ? value : putEntries(loop, made, key, value)
    if (failed !== undefined) fault = added(fault, failed, loop)
    return false
  })
  return fault ?? new CelMap(made)
}

function putEntries(
  { node }: Loop,
  made: Map<string, readonly [Value, Value]>,
  key: Value,
  value: Value,
): Failure | undefined {
  if (node.name === 'transformMap') return putInto(made, key, value, node.from)
  if (kindOf(value) !== 'map') return new Failure(`an entry is a map, not ${kindOf(value)}`, node.body.from)
  for (const [own, kept] of entriesOf(value)) {
    const failed = putInto(made, own, kept, node.from)
    if (failed !== undefined) return failed
  }
  return undefined
}
