// tellFalcoDoubts: what a condition compares with and hardly means; Falco takes it as it is written, and so does a rule here.

import { falcoAtoms, type FalcoCondition, type FalcoOperator } from './condition.ts'
import { resourceMeant, verbMeant } from '../audit-words.ts'
import { falcoName } from './query.ts'
import type { FalcoRuleset } from './ruleset.ts'
import type { TellChange } from './translation.ts'

/** Those that know no gaps. */
const exact: ReadonlySet<FalcoOperator> = new Set(['=', '!=', 'in', 'intersects', 'contains', 'startswith', 'endswith'])

/** `condition` with its macros and lists written out. */
export function tellFalcoDoubts(
  condition: FalcoCondition,
  { macros }: Pick<FalcoRuleset, 'macros'>,
  tell: TellChange,
): void {
  const told = new Set<string>()
  for (const { field, operator, values, at } of falcoAtoms(condition)) {
    if (!exact.has(operator)) continue
    const name = falcoName(field)
    for (const value of values) {
      const why = macros.has(value)
        ? `it is the name of a macro, and stands here for this text itself, as it does to Falco: write "not ${value}" or make a list of it`
        : isListName(name, value)
          ? 'no list of these files has this name, so that it stands for this text itself, as it does to Falco: name the file that has it as well'
          : isOfNames(name) && value.includes('*')
            ? `its * is compared as it stands, as Falco does: startswith and glob know gaps, ${operator} does not`
            : neverSaid(name, operator, value)
      if (why === null || told.has(`${name} ${value}`)) continue
      told.add(`${name} ${value}`)
      tell(`${name} ${operator} ${shown(value)}`, why, at)
    }
  }
}

/** Null where the audit log may say it. */
function neverSaid(name: string, operator: FalcoOperator, value: string): string | null {
  const isWhole = operator === '=' || operator === '!=' || operator === 'in' || operator === 'intersects'
  if (!isWhole) return null
  const meant = name === 'ka.verb' ? verbMeant(value) : name === 'ka.target.resource' ? resourceMeant(value) : null
  return meant === null ? null : `the audit log never says this: it says ${meant}`
}

const shown = (value: string): string => JSON.stringify(value.slice(0, 100))

/** Of users and objects, images and URLs. In a role a star is what it says, and in what was sent may be anything. */
const isOfNames = (name: string): boolean =>
  /^ka\.(?:user|impuser|target)\.|^ka\.req\.(?:pod|container)\.|^ka\.(?:uri|useragent)$/.test(name)

/** As people name lists; names of objects, users of Kubernetes, and images have no `_` between words like this. */
const isListName = (name: string, value: string): boolean =>
  isOfNames(name) && /^[a-z][a-z0-9]*(?:_[a-z0-9]+)+$/.test(value) && !/[/:@]/.test(value)
