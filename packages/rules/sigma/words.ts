// sigmaWords: what a Sigma rule says beside its detection, as fields of a rule file.

import { jsonOf, type Located } from '../located.ts'
import { SigmaProblem, type TellSigma } from './note.ts'
import type { SigmaHead } from './rule.ts'
import type { Severity } from '../rule.ts'

export interface SigmaWords {
  readonly labels: Readonly<Record<string, string>>
  readonly spec: {
    readonly title: string
    readonly description?: string
    readonly severity: Severity
    readonly state?: 'off'
    readonly attack?: readonly string[]
    readonly references?: readonly string[]
    readonly falsePositives?: readonly string[]
  }
}

/** Labels that are fields of Sigma begin with it. */
export const sigmaLabelPrefix = 'sigma/'

/** Fields that are kept as labels. */
export const sigmaLabels = ['id', 'name', 'status', 'author', 'date', 'modified', 'license'] as const

const severities: Readonly<Record<string, Severity>> = {
  informational: 'info',
  low: 'low',
  medium: 'medium',
  high: 'high',
  critical: 'critical',
}

/** Tactics of ATT&CK as Sigma tags them. */
export const sigmaTactics: ReadonlyMap<string, string> = new Map([
  ['reconnaissance', 'TA0043'],
  ['resource-development', 'TA0042'],
  ['initial-access', 'TA0001'],
  ['execution', 'TA0002'],
  ['persistence', 'TA0003'],
  ['privilege-escalation', 'TA0004'],
  ['defense-evasion', 'TA0005'],
  ['credential-access', 'TA0006'],
  ['discovery', 'TA0007'],
  ['lateral-movement', 'TA0008'],
  ['collection', 'TA0009'],
  ['exfiltration', 'TA0010'],
  ['command-and-control', 'TA0011'],
  ['impact', 'TA0040'],
])

const carried: ReadonlySet<string> = new Set([
  ...sigmaLabels,
  'title',
  'description',
  'level',
  'tags',
  'references',
  'falsepositives',
  'related',
  'logsource',
  'detection',
  'correlation',
  'generate',
])

/** Characters of a title, of a label, of a description and of one line; items of a list. */
const [titleMax, labelMax, descriptionMax, lineMax, itemsMax] = [200, 200, 8_000, 1_000, 50]

/** Throws SigmaProblem. */
export function sigmaWords({ root, title }: SigmaHead, tell: TellSigma): SigmaWords {
  const { entries } = root
  const at = (name: string): number => entries.get(name)?.from ?? root.from
  const value = (name: string): Located | undefined => entries.get(name)?.value
  const labels: Record<string, string> = {}
  for (const name of sigmaLabels) {
    const text = cut(lineOf(value(name)), labelMax, () => told(tell, name, at(name), labelMax))
    if (text !== '') labels[`${sigmaLabelPrefix}${name}`] = text
  }
  const related = relatedOf(value('related'), () =>
    tell({ what: 'related', why: 'what has no id and type is left out', kind: 'changed', at: at('related') }),
  )
  if (related !== '')
    labels[`${sigmaLabelPrefix}related`] = cut(related, labelMax, () => told(tell, 'related', at('related'), labelMax))
  const tags = tagsOf(value('tags'))
  if (tags.others !== '')
    labels[`${sigmaLabelPrefix}tags`] = cut(tags.others, labelMax, () => told(tell, 'tags', at('tags'), labelMax))
  for (const [name, entry] of entries)
    if (!carried.has(name))
      tell({ what: name.slice(0, 60), why: 'a rule here has no place for it', kind: 'changed', at: entry.from })
  const level = lineOf(value('level')).toLowerCase()
  const severity = Object.hasOwn(severities, level) ? severities[level] : undefined
  if (severity === undefined)
    tell({
      what: level === '' ? 'level' : `level ${level.slice(0, 40)}`,
      why: 'it is medium here',
      kind: 'changed',
      at: at('level'),
    })
  const isOff =
    labels[`${sigmaLabelPrefix}status`] === 'deprecated' || labels[`${sigmaLabelPrefix}status`] === 'unsupported'
  if (isOff) tell({ what: 'status', why: 'the rule is there, and off', kind: 'changed', at: at('status') })
  const description = cut(clean(textOf(value('description'))), descriptionMax, () =>
    told(tell, 'description', at('description'), descriptionMax),
  )
  const references = listed(value('references')).filter((text) => {
    const isUrl = /^https?:\/\/[^\s/]+\S*$/.test(text)
    if (!isUrl)
      tell({ what: `reference ${text.slice(0, 60)}`, why: 'it is no URL', kind: 'changed', at: at('references') })
    return isUrl
  })
  const falsePositives = listed(value('falsepositives'))
  const told50 = (name: string, items: readonly string[]): readonly string[] => {
    if (items.length > itemsMax || items.some((item) => item.length > lineMax))
      tell({
        what: name,
        why: `only ${itemsMax} are kept, of at most ${lineMax} characters`,
        kind: 'changed',
        at: at(name),
      })
    return items.slice(0, itemsMax).map((item) => item.slice(0, lineMax))
  }
  return {
    labels,
    spec: {
      title: titleOf(title, () => told(tell, 'title', at('title'), titleMax), at('title')),
      ...(description !== '' && { description }),
      severity: severity ?? 'medium',
      ...(isOff && { state: 'off' as const }),
      ...(tags.attack.length > 0 && { attack: told50('tags', tags.attack) }),
      ...(references.length > 0 && { references: told50('references', references) }),
      ...(falsePositives.length > 0 && { falsePositives: told50('falsepositives', falsePositives) }),
    },
  }
}

function told(tell: TellSigma, what: string, at: number, max: number): void {
  tell({ what, why: `only its first ${max} characters are kept`, kind: 'changed', at })
}

function cut(text: string, max: number, tellCut: () => void): string {
  if (text.length <= max) return text
  tellCut()
  return text
    .slice(0, max)
    .toWellFormed()
    .replace(/\ufffd$/, '')
    .trim()
}

function titleOf(title: string, tellCut: () => void, at: number): string {
  // A title has no fields of an event.
  const text = cut(clean(title).replaceAll(/\s+/g, ' ').replaceAll('{{', '{ {'), titleMax, tellCut)
  if (text === '') throw new SigmaProblem('its title says nothing', at)
  return text
}

/** Without what a rule file cannot hold. */
function clean(text: string): string {
  // oxlint would take control characters in a pattern for a mistake.
  return [...text.toWellFormed()]
    .filter((sign) => (sign >= ' ' && sign !== '\u{7f}') || sign === '\n' || sign === '\t')
    .join('')
    .trim()
}

function textOf(value: Located | undefined): string {
  if (value?.kind === 'text') return value.text
  return value?.kind === 'scalar' && value.value !== null ? String(value.value) : ''
}

const lineOf = (value: Located | undefined): string => {
  if (value?.kind === 'list') return value.items.map(lineOf).join(', ')
  return clean(textOf(value)).replaceAll(/\s+/g, ' ')
}

/** Of a list or of one value its lines. */
function listed(value: Located | undefined): readonly string[] {
  const items = value?.kind === 'list' ? value.items : value === undefined ? [] : [value]
  return items.map(lineOf).filter((text) => text !== '')
}

/** `derived UUID, similar UUID`. */
function relatedOf(value: Located | undefined, tellLeft: () => void): string {
  const items = value?.kind === 'list' ? value.items : value === undefined ? [] : [value]
  const texts = items
    .map((item) => {
      const json = jsonOf(item)
      const { id, type } = typeof json === 'object' && json !== null ? (json as { id?: unknown; type?: unknown }) : {}
      return typeof id === 'string' && typeof type === 'string' ? clean(`${type} ${id}`) : ''
    })
    .filter((text) => /^\S+ \S+$/.test(text) && !text.includes(','))
  if (texts.length < items.length) tellLeft()
  return texts.join(', ')
}

/** Techniques and tactics by their ids, the others as they are. */
function tagsOf(value: Located | undefined): { readonly attack: readonly string[]; readonly others: string } {
  const tags = listed(value)
  const ids = tags.map((tag) => {
    const technique = /^attack\.(t\d{4}(?:\.\d{3})?)$/i.exec(tag)?.[1]?.toUpperCase()
    return (
      technique ??
      sigmaTactics.get(
        tag
          .toLowerCase()
          .replace(/^attack\./, '')
          .replaceAll('_', '-'),
      ) ??
      null
    )
  })
  return {
    attack: [...new Set(ids.filter((id) => id !== null))],
    others: tags.filter((_, index) => ids[index] === null).join(', '),
  }
}
