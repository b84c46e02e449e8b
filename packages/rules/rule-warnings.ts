// ruleWarnings: what is right in a rule and will surprise: fields that may not be there, and would be errors then.

import type { PlacedRead } from '@plaintrail/cel/compile-cel'
import type { CompiledRule, CompiledStep } from './compile-rule.ts'
import type { RuleError } from './rule-error.ts'
import { placeOfPlace } from './text-in-file.ts'

/** Warnings of one rule that are told. */
const warningsMax = 20

export function ruleWarnings({ steps, exceptions }: Pick<CompiledRule, 'steps' | 'exceptions'>): readonly RuleError[] {
  return [...steps, ...exceptions].flatMap(unsafeReads).slice(0, warningsMax)
}

/** Each field once: whoever asks for it with has() anywhere has thought of it. */
function unsafeReads({ where }: CompiledStep): readonly RuleError[] {
  if (where === null) return []
  const { reads } = where.program
  const asked = new Set(
    reads.filter(({ isSafe }) => isSafe).flatMap(({ path }) => path.map((_, at) => pathText(path.slice(0, at + 1)))),
  )
  const told = new Map(
    reads.filter((read) => mayLack(read) && !asked.has(pathText(read.path))).map((read) => [pathText(read.path), read]),
  )
  return [...told].map(([text, { line, column }]) => ({
    ...placeOfPlace(where.where, { line, column }),
    message: `where: ${text} may not be there, and is an error then`,
    hint: `Ask with has(${text}), or with .? and orValue().`,
  }))
}

const objects: ReadonlySet<string> = new Set(['object', 'oldObject', 'podSpec'])
/** What every object that was recorded has. */
const alwaysThere = /^(?:object|oldObject)(?:\.(?:kind|apiVersion|metadata(?:\.name)?))?$/

const mayLack = ({ path: [variable = ''], path, isSafe }: PlacedRead): boolean =>
  !isSafe && objects.has(variable) && path.length > 1 && !alwaysThere.test(pathText(path))

const pathText = (path: readonly string[]): string => path.join('.')
