// tellFalcoDoubts: what a condition compares with and hardly means; Falco takes it as it is written, and so does a rule here.

import { falcoAtoms, type FalcoAtom, type FalcoCondition, type FalcoOperator } from './condition.ts'
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
  const atoms = falcoAtoms(condition)
  tellOfCreated(atoms, tell)
  for (const { field, operator, values, at } of atoms) {
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

/** What is created is answered with 201, and a connection with 101. */
function tellOfCreated(atoms: readonly FalcoAtom[], tell: TellChange): void {
  const of = (name: string): readonly FalcoAtom[] => atoms.filter(({ field }) => falcoName(field) === name)
  const [code, ...others] = of('ka.response.code')
  const isOfCreate = of('ka.verb').some(({ values }) => values.includes('create'))
  const isOfObject = of('ka.target.subresource').length === 0
  if (code?.values.join() !== '200' || !exact.has(code.operator) || others.length > 0 || !isOfCreate || !isOfObject)
    return
  tell(
    'ka.response.code 200',
    'what is created is answered with 201, which this does not find, nor does Falco',
    code.at,
  )
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
