// What can be called: one table of overloads serves the check and the evaluation.

import type { Run } from './run.ts'
import { kindOf, type Kind, type Value } from './value.ts'

/** A kind that is known before evaluation, or `dyn` where any is possible. */
export type StaticKind = Kind | 'dyn'

export interface Overload {
  /** `startsWith`, `math.greatest`, `+` */
  readonly name: string
  /** Called as target.name(…): the target is the first argument. */
  readonly isMethod: boolean
  readonly takes: readonly StaticKind[]
  readonly gives: StaticKind
  /** Gets no faults in `args` but inside of lists and maps. Charges what it does beyond one step. */
  readonly does: (args: readonly Value[], run: Run) => Value
}

type Does<A extends readonly Value[]> = (args: A, run: Run) => Value

export const method = <A extends readonly Value[] = readonly Value[]>(
  name: string,
  takes: readonly StaticKind[],
  gives: StaticKind,
  does: Does<A>,
): Overload => ({ name, isMethod: true, takes, gives, does: does as unknown as Overload['does'] })

export const plain = <A extends readonly Value[] = readonly Value[]>(
  name: string,
  takes: readonly StaticKind[],
  gives: StaticKind,
  does: Does<A>,
): Overload => ({ name, isMethod: false, takes, gives, does: does as unknown as Overload['does'] })

export const accepts = (wanted: StaticKind, given: StaticKind): boolean =>
  wanted === given || wanted === 'dyn' || given === 'dyn'

/** Those that a call of this name and form could mean. */
export class Functions {
  private readonly byForm = new Map<string, Overload[]>()
  private readonly byName = new Map<string, Overload[]>()

  constructor(overloads: readonly Overload[]) {
    for (const overload of overloads) {
      add(this.byForm, formOf(overload.name, overload.isMethod, overload.takes.length), overload)
      add(this.byName, overload.name, overload)
    }
  }

  /** With `count` arguments, the target of a method among them. */
  candidates(name: string, isMethod: boolean, count: number): readonly Overload[] {
    return this.byForm.get(formOf(name, isMethod, count)) ?? []
  }

  named(name: string): readonly Overload[] {
    return this.byName.get(name) ?? []
  }

  names(): readonly string[] {
    return [...this.byName.keys()]
  }
}

/** The overload that takes these values. */
export function overloadFor(candidates: readonly Overload[], args: readonly Value[]): Overload | undefined {
  for (const overload of candidates) {
    let fits = true
    for (let at = 0; at < args.length && fits; at += 1) {
      const wanted = overload.takes[at]
      fits = wanted === 'dyn' || wanted === kindOf(args[at] ?? null)
    }
    if (fits) return overload
  }
  return undefined
}

const formOf = (name: string, isMethod: boolean, count: number): string => `${isMethod ? '.' : ''}${name}/${count}`

function add(map: Map<string, Overload[]>, key: string, overload: Overload): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [overload])
  else list.push(overload)
}
