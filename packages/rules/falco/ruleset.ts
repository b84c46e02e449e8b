// readFalco: Falco's files, one after another, as the rules, macros and lists that are in force at their end.

import { falcoTextsIn } from './embedded.ts'
import { jsonOf, kindWords, type Located, type LocatedMap } from '../located.ts'
import { readDocuments } from '../read-documents.ts'
import { Problems, type Place } from '../rule-error.ts'
import { sourcePlaces } from '../source-places.ts'
import { placeOfOffset, textInFile, type TextInFile } from '../text-in-file.ts'
import { isSigmaDocument } from '../sigma/rule.ts'

/** What is not carried over, or means something else than it did. */
export interface ImportNote extends Place {
  readonly file: string
  /** As the file names it; empty where it is about the file. */
  readonly rule: string
  readonly what: string
  readonly why: string
  /** `lost`: the rule is not there; `changed`: something in it, or what it finds. */
  readonly kind: 'lost' | 'changed'
}

export interface FalcoSource {
  readonly name: string
  readonly text: string
}

/** A condition, of the pieces that were appended to each other. */
export interface FalcoText {
  readonly pieces: readonly { readonly file: string; readonly written: TextInFile }[]
}

export interface FalcoException {
  readonly name: string
  readonly fields: unknown
  readonly comps: unknown
  readonly values: readonly unknown[]
}

export interface FalcoRule extends Place {
  readonly file: string
  readonly name: string
  readonly condition: FalcoText
  readonly output: string
  readonly description: string
  readonly priority: string
  readonly source: string
  readonly isEnabled: boolean
  readonly tags: readonly string[]
  readonly exceptions: readonly FalcoException[]
}

export interface FalcoRuleset {
  readonly rules: ReadonlyMap<string, FalcoRule>
  readonly macros: ReadonlyMap<string, FalcoText>
  readonly lists: ReadonlyMap<string, readonly string[]>
}

/** Rules, macros and lists of all files. */
const itemsMax = 5_000
/** Items of one list. */
const listItemsMax = 10_000

const heads = ['rule', 'macro', 'list', 'required_engine_version', 'required_plugin_versions'] as const
type Head = (typeof heads)[number]

/** Whether a document is one of Falco's, or holds some. */
export function isFalco(root: Located): boolean {
  if (root.kind !== 'list') return falcoTextsIn(root).length > 0
  return root.items.some((item) => item.kind === 'map' && headOf(item) !== null)
}

const headOf = (item: LocatedMap): Head | null => heads.find((head) => item.entries.has(head)) ?? null

/** Total: what cannot be read is a note. */
export function readFalco(sources: readonly FalcoSource[], notes: ImportNote[]): FalcoRuleset {
  const reader = new RulesetReader(notes)
  for (const source of sources) reader.take(source)
  return reader
}

export const textOfFalco = ({ pieces }: FalcoText): string => pieces.map(({ written }) => written.text).join(' ')

/** Where an offset into the whole stands. */
export function placeInFalco({ pieces }: FalcoText, at: number): Place & { readonly file: string } {
  let from = 0
  for (const [index, { file, written }] of pieces.entries()) {
    if (at <= from + written.text.length || index === pieces.length - 1)
      return { file, ...placeOfOffset(written, Math.max(0, at - from)) }
    from += written.text.length + 1
  }
  return { file: '', line: 1, column: 1 }
}

/** A file, or a text in it that is one itself. */
interface FilePart {
  readonly file: string
  readonly text: string
  /** In the file. */
  readonly placeAt: (at: number) => Place
}

/** One item of a file, with what is told about it. */
interface Item {
  readonly file: string
  readonly map: LocatedMap
  readonly name: string
  readonly place: Place
  readonly note: (what: string, why: string, at?: Located) => void
  readonly written: (value: Located | undefined, what: string) => FalcoText | null
}

const metaFields: ReadonlySet<string> = new Set(['append', 'override', 'rule', 'macro', 'list'])
const ruleFields = ['desc', 'condition', 'output', 'priority', 'source', 'enabled', 'tags', 'exceptions'] as const
/** Those that Falco reads and that have no meaning for events of an API server. */
const otherwise: Readonly<Record<string, string>> = {
  'skip-if-unknown-filter': 'a rule with a field that is not known is left out, and told',
  warn_evttypes: 'it is about events of the kernel',
  capture: 'nothing is captured here',
  capture_duration: 'nothing is captured here',
}

class RulesetReader implements FalcoRuleset {
  readonly rules = new Map<string, FalcoRule>()
  readonly macros = new Map<string, FalcoText>()
  readonly lists = new Map<string, readonly string[]>()
  private readonly notes: ImportNote[]
  private count = 0

  constructor(notes: ImportNote[]) {
    this.notes = notes
  }

  take({ name: file, text }: FalcoSource): void {
    this.takeText({ file, text, placeAt: sourcePlaces(text) }, false)
  }

  private takeText(part: FilePart, isEmbedded: boolean): void {
    const { file, text, placeAt } = part
    const problems = new Problems(placeAt)
    const documents = readDocuments(text, problems)
    for (const { message, line, column } of problems.inOrder())
      this.notes.push({ file, rule: '', line, column, what: 'a document', why: message, kind: 'lost' })
    for (const { root } of documents) {
      const inside = isEmbedded ? [] : falcoTextsIn(root)
      if (root.kind === 'list') for (const item of root.items) this.takeItem(item, part)
      else if (inside.length === 0)
        this.strange(
          file,
          placeAt(root.from),
          isSigmaDocument(root)
            ? 'it is a rule of Sigma: plaintrail sigma import reads it'
            : `a Falco file is a list, a values file with customRules or a ConfigMap of such, and this is ${kindWords(root)}`,
        )
      for (const one of inside) {
        const written = textInFile(one, { source: text, placeAt })
        this.takeText({ file, text: written.text, placeAt: (at) => placeOfOffset(written, at) }, true)
      }
    }
  }

  private strange(file: string, place: Place, why: string): void {
    this.notes.push({ file, rule: '', ...place, what: 'an item', why, kind: 'lost' })
  }

  private takeItem(value: Located, { file, text, placeAt }: FilePart): void {
    const place = placeAt(value.from)
    const head = value.kind === 'map' ? headOf(value) : null
    if (value.kind !== 'map' || head === null)
      return this.strange(file, place, `this is no rule, macro or list, but ${kindWords(value)}`)
    if (head === 'required_engine_version' || head === 'required_plugin_versions') return
    this.count += 1
    if (this.count > itemsMax)
      return this.strange(file, place, `there are more than ${itemsMax} rules, macros and lists`)
    const named = value.entries.get(head)?.value
    const name = named?.kind === 'text' ? named.text.trim() : ''
    if (name === '') return this.strange(file, place, `a ${head} has no name`)
    const item: Item = {
      file,
      map: value,
      name,
      place,
      note: (what, why, at) => {
        const rule = head === 'rule' ? name : ''
        this.notes.push({ file, rule, ...(at ? placeAt(at.from) : place), what, why, kind: 'changed' })
      },
      written: (part) =>
        part?.kind === 'text' ? { pieces: [{ file, written: textInFile(part, { source: text, placeAt }) }] } : null,
    }
    if (head === 'rule') this.takeRule(item)
    else if (head === 'macro') this.takeMacro(item)
    else this.takeList(item)
  }

  private takeList(item: Item): void {
    const { name, map, note } = item
    const items = map.entries.get('items')?.value
    if (items?.kind !== 'list') return note(`list ${name}`, 'it has no list of items', items)
    const texts = textsOf(items)
    const all = isAppended(item, 'items') ? [...(this.lists.get(name) ?? []), ...texts] : texts
    if (all.length > listItemsMax) note(`list ${name}`, `only its first ${listItemsMax} items are read`, items)
    this.lists.set(name, all.slice(0, listItemsMax))
    tellOthers(item, ['items'])
  }

  private takeMacro(item: Item): void {
    const { name, map, note, written } = item
    const condition = written(map.entries.get('condition')?.value, 'condition')
    if (condition === null) return note(`macro ${name}`, 'it has no condition')
    this.macros.set(name, isAppended(item, 'condition') ? appended(this.macros.get(name), condition) : condition)
    tellOthers(item, ['condition'])
  }

  private takeRule(item: Item): void {
    const { name, map, note } = item
    const before = this.rules.get(name)
    const isChange = isSetToAppend(map) || map.entries.has('override') || onlySwitches(map)
    if (isChange && before === undefined) {
      this.notes.push({
        file: item.file,
        rule: name,
        kind: 'lost',
        ...item.place,
        what: `rule ${name}`,
        why: 'it changes a rule that is not there: name the file that has it as well',
      })
      return
    }
    tellOthers(item, ruleFields)
    const rule = ruleOf(item, isChange ? before : undefined)
    if (rule === null)
      return void this.notes.push({
        file: item.file,
        rule: name,
        kind: 'lost',
        ...item.place,
        what: `rule ${name}`,
        why: 'it has no condition',
      })
    if (!isChange && before !== undefined) note(`rule ${name}`, 'it takes the place of one of that name before it')
    // In the order of the last one that was written whole.
    if (!isChange) this.rules.delete(name)
    this.rules.set(name, rule)
  }
}

/** `enabled` alone, as files of old have it. */
const onlySwitches = ({ entries }: LocatedMap): boolean => entries.size === 2 && entries.has('enabled')

function tellOthers({ map, note, name }: Item, known: readonly string[]): void {
  for (const [field, { value }] of map.entries)
    if (!known.includes(field) && !metaFields.has(field))
      note(`${field} of ${name}`, otherwise[field] ?? 'there is nothing like it here', value)
}

const isSetToAppend = ({ entries }: LocatedMap): boolean => truthOf(entries.get('append')?.value) === true

/** As Falco's own reader of YAML has it, quoted or not; null for what is neither. */
function truthOf(value: Located | undefined): boolean | null {
  const word = textOf(value)?.toLowerCase() ?? ''
  if (/^(?:y|yes|true|on)$/.test(word)) return true
  return /^(?:n|no|false|off)$/.test(word) ? false : null
}

/** `append: true`, or `override: {condition: append}`. */
function isAppended({ map }: Item, field: string): boolean {
  if (isSetToAppend(map)) return true
  const override = map.entries.get('override')?.value
  const how = override?.kind === 'map' ? override.entries.get(field)?.value : undefined
  return how?.kind === 'text' && how.text === 'append'
}

/** However long that gets: whoever reads it has a bound. */
const appended = (before: FalcoText | undefined, more: FalcoText): FalcoText => ({
  pieces: [...(before?.pieces ?? []), ...more.pieces],
})

/** Null where it has no condition. */
function ruleOf(item: Item, before: FalcoRule | undefined): FalcoRule | null {
  const { map, written, name, file, place } = item
  const value = (field: string): Located | undefined => map.entries.get(field)?.value
  const line = (field: 'desc' | 'output', own: string): string => {
    const text = textOf(value(field))
    if (text === null) return own
    return isAppended(item, field) ? `${own} ${text}`.trim() : text
  }
  const own = written(value('condition'), 'condition')
  const condition =
    own === null ? before?.condition : isAppended(item, 'condition') ? appended(before?.condition, own) : own
  if (condition === undefined) return null
  return {
    file,
    name,
    ...place,
    condition,
    output: line('output', before?.output ?? ''),
    description: line('desc', before?.description ?? ''),
    priority: textOf(value('priority')) ?? before?.priority ?? 'WARNING',
    source: textOf(value('source')) ?? before?.source ?? 'syscall',
    isEnabled: truthOf(value('enabled')) ?? before?.isEnabled ?? true,
    tags: listed(item, 'tags', before?.tags ?? [], textsOf),
    exceptions: exceptionsOf(item, before?.exceptions ?? []),
  }
}

function listed<T>(
  item: Item,
  field: string,
  before: readonly T[],
  read: (value: Located) => readonly T[],
): readonly T[] {
  const value = item.map.entries.get(field)?.value
  if (value === undefined) return before
  return isAppended(item, field) ? [...before, ...read(value)] : read(value)
}

/** An exception of a name that is there gets the values of the one that is appended. */
function exceptionsOf(item: Item, before: readonly FalcoException[]): readonly FalcoException[] {
  const found = new Map<string, FalcoException>()
  for (const one of listed(item, 'exceptions', before, (value) => exceptionsIn(value, item))) {
    const known = found.get(one.name)
    const joined = known === undefined ? one : { ...known, values: [...known.values, ...one.values] }
    found.set(one.name, joined)
  }
  return [...found.values()]
}

function exceptionsIn(value: Located, { note }: Item): readonly FalcoException[] {
  if (value.kind !== 'list') {
    note('exceptions', `they are a list, and this is ${kindWords(value)}`, value)
    return []
  }
  return value.items.flatMap((one) => {
    const entries = one.kind === 'map' ? one.entries : null
    const name = textOf(entries?.get('name')?.value)
    if (entries === null || name === null) {
      note('an exception', 'it has no name', one)
      return []
    }
    const part = (field: string): unknown => {
      const found = entries.get(field)?.value
      return found === undefined ? null : jsonOf(found)
    }
    const values = part('values')
    return [{ name, fields: part('fields'), comps: part('comps'), values: Array.isArray(values) ? values : [] }]
  })
}

function textOf(value: Located | undefined): string | null {
  if (value?.kind === 'text') return value.text.trim()
  return value?.kind === 'scalar' && value.value !== null ? String(value.value) : null
}

const textsOf = (value: Located): readonly string[] =>
  value.kind === 'list' ? value.items.map((item) => textOf(item)).filter((text) => text !== null) : []
