// One expression, compiled and evaluated at once.

import type { CelResult } from './cel-result.ts'
import { compileCel, type CelProgram } from './compile-cel.ts'
import type { StaticKind } from './overload.ts'
import type { Bindings } from './run.ts'

/** @throws where the expression does not compile */
export function programOf(text: string, bindings: Bindings): CelProgram {
  const variables: Record<string, StaticKind> = {}
  for (const name of Object.keys(bindings)) variables[name] = 'dyn'
  const compiled = compileCel(text, { variables })
  if (!compiled.ok) throw new Error(compiled.errors.map(({ message }) => message).join('; '))
  return compiled.program
}

export const evaluated = (text: string, bindings: Bindings = {}, costMax = 100_000): CelResult =>
  programOf(text, bindings).evaluate(bindings, { costMax })

/** The value, or the result where there is none. */
export function valueOf(text: string, bindings: Bindings = {}): unknown {
  const result = evaluated(text, bindings)
  return result.kind === 'value' ? result.value : result
}

export function errorsOf(text: string, variables: Readonly<Record<string, StaticKind>> = {}): readonly unknown[] {
  const compiled = compileCel(text, { variables })
  return compiled.ok ? [] : compiled.errors
}
