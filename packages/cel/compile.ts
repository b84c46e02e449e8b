// From tree to closures: each node becomes a function of a Run, once.

import { equals, lookUp, rawNumber } from './compare.ts'
import { escaped, joined, notBool, putInto, shownKey, type Code, type Compiling } from './code.ts'
import { compileMacro } from './compile-macro.ts'
import { overloadFor, type Overload } from './overload.ts'
import { functionOf, typeNamed } from './resolve.ts'
import type { Run, Step } from './run.ts'
import type { Call, Chain, Has, Index, ListNode, MapNode, Node, Select } from './syntax.ts'
import { CelMap, CelOptional, Failure, Fault, kindOf, Unknown, type Value, worseOf } from './value.ts'

/** What runs a node that check() found right. */
export function compile(node: Node, context: Compiling): Code {
  const code = compileNode(node, context)
  return context.isTraced ? traced(node, code) : code
}

function compileNode(node: Node, context: Compiling): Code {
  switch (node.type) {
    case 'literal': {
      const { value } = node
      return () => value
    }
    case 'name':
      return compileName(node, context)
    case 'select': {
      const type = typeNamed(node, [...context.locals, ...context.variables])
      return type === undefined ? compileSelect(node, context) : () => type
    }
    case 'has':
      return compileHas(node, context)
    case 'index':
      return compileIndex(node, context)
    case 'call':
      return compileCall(node, context)
    case 'chain':
      return compileChain(node, context)
    case 'ternary': {
      const condition = compile(node.condition, context)
      const yes = compile(node.yes, context)
      const no = compile(node.no, context)
      return (run) => {
        const value = condition(run)
        if (value === true) return yes(run)
        if (value === false) return no(run)
        return value instanceof Fault ? value : notBool(value, node.condition)
      }
    }
    case 'list':
      return compileList(node, context)
    case 'map':
      return compileMap(node, context)
    default:
      return compileMacro(node, context)
  }
}

function compileName({ name, from }: Node & { type: 'name' }, { locals, isTraced }: Compiling): Code {
  const slot = locals.lastIndexOf(name)
  if (slot >= 0) {
    return (run) => {
      if (isTraced && run.step !== undefined) run.step.path = run.localPaths[slot]
      return run.locals[slot] ?? null
    }
  }
  const type = typeNamed(name)
  return (run) => {
    run.left -= 1
    const { bindings } = run
    const value = Object.hasOwn(bindings, name) ? bindings[name] : undefined
    if (value === undefined) return type ?? new Failure(`no value was given for "${name}"`, from)
    if (isTraced && run.step !== undefined) run.step.path = `/${escaped(name)}`
    return value
  }
}

function compileSelect({ operand, field, isOptional, from }: Select, context: Compiling): Code {
  const of = compile(operand, context)
  return (run) => {
    run.spend(1)
    const value = of(run)
    const found = fieldOf(value, field, isOptional, from)
    if (context.isTraced) readAt(run, field)
    return found
  }
}

function fieldOf(of: Value, field: Value, isOptional: boolean, from: number): Value {
  if (typeof of === 'object' && of !== null && !(of instanceof Fault)) {
    if (of instanceof CelOptional) return of.value === undefined ? of : optionalFieldOf(of.value, field, from)
    const kind = kindOf(of)
    if (kind === 'map') {
      if (isOptional) return optionalFieldOf(of, field, from)
      const found = lookUp(of, field)
      return found === undefined ? new Failure(`there is no ${shownKey(field)}`, from) : found
    }
    if (kind === 'list' && isOptional) return optionalFieldOf(of, field, from)
    if (kind === 'list') return itemOf(of as readonly Value[], field, from)
  }
  return of instanceof Fault ? below(of, field) : new Failure(`there is no ${shownKey(field)} in ${kindOf(of)}`, from)
}

/** UTF-16 units of a path; a longer one is not made longer. */
const pathCharsMax = 500

/** What is not known of something that is not known: its own path is told, and what is beside it is not asked for. */
function below(fault: Fault, key: Value): Fault {
  if (!(fault instanceof Unknown)) return fault
  return new Unknown(...fault.paths.map((path) => (path.length > pathCharsMax ? path : joined(path, key))))
}

function optionalFieldOf(of: Value, field: Value, from: number): Value {
  if (of instanceof Fault) return below(of, field)
  const kind = kindOf(of)
  if (kind === 'map') {
    const found = lookUp(of, field)
    return found instanceof Fault ? found : new CelOptional(found)
  }
  if (kind !== 'list') return new Failure(`there is no ${shownKey(field)} in ${kind}`, from)
  const found = itemOf(of as readonly Value[], field, from)
  return found instanceof Unknown ? found : new CelOptional(found instanceof Fault ? undefined : found)
}

function itemOf(list: readonly Value[], index: Value, from: number): Value {
  const number = rawNumber(index)
  if (number === undefined) return new Failure(`an item has a number, not ${kindOf(index)}`, from)
  const item = list[Number(number)]
  return item === undefined ? new Failure(`there is no item ${number} in a list of ${list.length}`, from) : item
}

function compileHas({ operand, field, from }: Has, context: Compiling): Code {
  const of = compile(operand, context)
  return (run) => {
    run.spend(1)
    const value = of(run)
    if (context.isTraced) readAt(run, field)
    if (value instanceof Fault) return below(value, field)
    const whole = value instanceof CelOptional ? value.value : value
    if (whole === undefined) return false
    if (kindOf(whole) !== 'map') return new Failure(`there is no field "${field}" in ${kindOf(whole)}`, from)
    const found = lookUp(whole, field)
    return found instanceof Fault ? found : found !== undefined
  }
}

function compileIndex({ operand, index, isOptional, from }: Index, context: Compiling): Code {
  const of = compile(operand, context)
  const at = compile(index, context)
  return (run) => {
    run.spend(1)
    const value = of(run)
    const key = at(run)
    if (value instanceof Fault) return key instanceof Fault ? worseOf(value, key) : below(value, key)
    if (key instanceof Fault) return key
    if (context.isTraced) readAt(run, key)
    return fieldOf(value, key, isOptional, from)
  }
}

/** An operand that is false (of &&) or true (of ||) decides, wherever it stands; then what is not known, then errors. */
function compileChain({ name, operands }: Chain, context: Compiling): Code {
  const codes = operands.map((operand) => compile(operand, context))
  const decides = name === '||'
  return (run) => {
    let fault: Fault | undefined
    for (let at = 0; at < codes.length; at += 1) {
      const value = codes[at]?.(run)
      if (value === decides) return decides
      if (value !== !decides) fault = worse(fault, value, operands[at])
    }
    return fault ?? !decides
  }
}

function worse(before: Fault | undefined, value: Value | undefined, node: Node | undefined): Fault | undefined {
  if (value === undefined || node === undefined) return before
  const fault = value instanceof Fault ? value : notBool(value, node)
  return before === undefined ? fault : worseOf(before, fault)
}

function compileCall(node: Call, context: Compiling): Code {
  const { name, isMethod, args } = functionOf(node, context.functions, [...context.locals, ...context.variables])
  const codes = args.map((arg) => compile(arg, context))
  const [first, second] = codes
  if ((name === '==' || name === '!=') && first !== undefined && second !== undefined) {
    return compileEquality(first, second, name === '!=', node.from)
  }
  if (isMethod && (name === 'or' || name === 'orValue') && first !== undefined && second !== undefined) {
    return compileOr(first, second, name === 'orValue', node.from)
  }
  const candidates = context.functions.candidates(name, isMethod, args.length)
  return (run) => {
    run.spend(1)
    const values: Value[] = []
    let fault: Fault | undefined
    for (const code of codes) {
      const value = code(run)
      if (value instanceof Fault) fault = fault === undefined ? value : worseOf(fault, value)
      values.push(value)
    }
    return fault ?? placed(called(candidates, values, name, run), node.from)
  }
}

function called(candidates: readonly Overload[], values: readonly Value[], name: string, run: Run): Value {
  const overload = overloadFor(candidates, values)
  return overload === undefined
    ? new Failure(`"${name}" does not take ${values.map(kindOf).join(' and ')}`)
    : overload.does(values, run)
}

const placed = (value: Value, from: number): Value =>
  value instanceof Failure && value.at < 0 ? new Failure(value.says, from) : value

function compileEquality(left: Code, right: Code, isNegated: boolean, from: number): Code {
  return (run) => {
    run.spend(1)
    const same = equals(left(run), right(run), run)
    return same instanceof Fault ? placed(same, from) : same !== isNegated
  }
}

/** The second is evaluated only where the first has no value. */
function compileOr(left: Code, right: Code, isValue: boolean, from: number): Code {
  return (run) => {
    run.spend(1)
    const optional = left(run)
    if (optional instanceof Fault) return optional
    if (!(optional instanceof CelOptional)) return new Failure(`an optional is expected, not ${kindOf(optional)}`, from)
    if (optional.value !== undefined) return isValue ? optional.value : optional
    const other = right(run)
    if (isValue || other instanceof CelOptional || other instanceof Fault) return other
    return new Failure(`an optional is expected, not ${kindOf(other)}`, from)
  }
}

function compileList({ items }: ListNode, context: Compiling): Code {
  const codes = items.map(({ node, isOptional }) => ({ code: compile(node, context), isOptional, from: node.from }))
  return (run) => {
    run.spend(1 + codes.length)
    const list: Value[] = []
    let fault: Fault | undefined
    for (const { code, isOptional, from } of codes) {
      const value = unwrapped(code(run), isOptional, from)
      if (value instanceof Fault) fault = fault === undefined ? value : worseOf(fault, value)
      else if (value !== undefined) list.push(value)
    }
    return fault ?? list
  }
}

/** The value of an entry that is written with "?", undefined where it has none. */
function unwrapped(value: Value, isOptional: boolean, from: number): Value | undefined {
  if (!isOptional || value instanceof Fault) return value
  return value instanceof CelOptional ? value.value : new Failure(`"?" takes an optional, not ${kindOf(value)}`, from)
}

function compileMap({ entries }: MapNode, context: Compiling): Code {
  const codes = entries.map(({ key, value, isOptional }) => ({
    key: compile(key, context),
    value: compile(value, context),
    isOptional,
    from: key.from,
  }))
  return (run) => {
    run.spend(1 + codes.length)
    const made = new Map<string, readonly [Value, Value]>()
    let fault: Fault | undefined
    for (const { key, value, isOptional, from } of codes) {
      const own = key(run)
      const kept = unwrapped(value(run), isOptional, from)
      const wrong = own instanceof Fault ? own : kept instanceof Fault ? kept : undefined
      const failed = wrong ?? (kept === undefined ? undefined : putInto(made, own, kept, from))
      if (failed !== undefined) fault = fault === undefined ? failed : worseOf(fault, failed)
    }
    return fault ?? new CelMap(made)
  }
}

/** Writes each evaluation of a node down as a Step below the one that runs. */
function traced(node: Node, code: Code): Code {
  return (run) => {
    const parent = run.step
    const step: Step = { node, steps: [], value: null, path: undefined }
    run.step = step
    const value = code(run)
    step.value = value
    run.step = parent
    if (run.stepsLeft > 0) {
      run.stepsLeft -= 1
      parent?.steps.push(step)
    }
    return value
  }
}

/** Notes that the step that runs read a field of what its first operand read. */
function readAt(run: Run, key: Value): void {
  const base = run.step?.steps[0]?.path
  if (run.step !== undefined && base !== undefined) run.step.path = joined(base, key)
}
