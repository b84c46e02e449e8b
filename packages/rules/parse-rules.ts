// parseRules: the rules of a file of plaintrail.dev/v1 or of another tool, and what is wrong in it, with places.
import { createHash } from 'node:crypto'
import { compileRule, type CompiledRule } from './compile-rule.ts'
import { importFalco } from './falco/import.ts'
import { isFalco } from './falco/ruleset.ts'
import { FieldReader } from './field-reader.ts'
import { jsonOf, type Located } from './located.ts'
import { readDocuments, type YamlDocument } from './read-documents.ts'
import { readSpec, titleCharactersMax } from './read-spec.ts'
import { readTests } from './read-tests.ts'
import { errorsMax, Problems, type Place, type RuleError } from './rule-error.ts'
import type { RuleTest } from './rule-test.ts'
import { ruleWarnings } from './rule-warnings.ts'
import type { Rule } from './rule.ts'
import { importSigmaDocuments, isSigmaDocument, type SigmaDocument } from './sigma/import.ts'
import { sourcePlaces } from './source-places.ts'

/** Of a file, in bytes of UTF-8. */
export const fileBytesMax = 1024 * 1024
/** Rules of one file. */
export const rulesMax = 500
/** Labels of one rule. */
export const labelsMax = 32

export interface ParsedRule {
  readonly rule: Rule
  readonly tests: readonly RuleTest[]
  /** SHA-256 in hex of what the rule says: the same however it is written, and whatever its tests are. */
  readonly hash: string
  /** Its document as it stands in the file, without the others; of another format as it is written here. */
  readonly text: string
  /** Of its name in the file. */
  readonly at: Place
  /** What is right, and may surprise; of another format what is not carried over. */
  readonly warnings: readonly RuleError[]
  /** Whether the file is of another format, in which rules may lean on others of their file. */
  readonly isImported: boolean
}

export interface ParsedRules {
  /** Those that are right, in the order of the file. */
  readonly rules: readonly ParsedRule[]
  /** In the order of the file. A document with an error gives no rule, and takes none from others. */
  readonly errors: readonly RuleError[]
}

/** Total: whatever the text, nothing is thrown. */
export function parseRules(text: string): ParsedRules {
  const placeAt = sourcePlaces(text)
  const problems = new Problems(placeAt)
  if (text.length > fileBytesMax || new TextEncoder().encode(text).length > fileBytesMax) {
    problems.add(0, `could not read the file: it is larger than ${fileBytesMax} bytes`, 'Split it.')
    return { rules: [], errors: problems.inOrder() }
  }
  const documents = readDocuments(text, problems)
  const [first] = documents
  if (first !== undefined && isFalco(first.root))
    return importedRules(importFalco([{ name: '', text }], { reading: 'mended' }))
  const reader = new FieldReader(problems, text, placeAt)
  const rules: ParsedRule[] = []
  const take = (parsed: ParsedRule): void => {
    const isTaken = rules.some(({ rule }) => rule.name === parsed.rule.name)
    if (isTaken) problems.addAt(parsed.at, `another rule of this file is named "${parsed.rule.name}"`)
    else rules.push(parsed)
  }
  const sigma: SigmaDocument[] = []
  for (const document of documents) {
    if (rules.length + sigma.length === rulesMax) {
      problems.add(document.start, `could not read on: the file has more than ${rulesMax} rules`, 'Split it.')
      break
    }
    const { root } = document
    if (isSigmaDocument(root)) sigma.push({ file: '', root, source: text, placeAt })
    else {
      const parsed = readRule(reader, document, text)
      if (parsed !== null) take(parsed)
    }
  }
  // Correlations are of rules in other documents.
  const imported = importedRules(importSigmaDocuments(sigma))
  for (const error of imported.errors) problems.addAt(error, error.message, error.hint)
  for (const parsed of imported.rules) take(parsed)
  return { rules, errors: problems.inOrder() }
}

/** What an importer makes of a file in another format. */
interface Imported {
  readonly rules: readonly { readonly title: string; readonly text: string; readonly at: Place }[]
  readonly notes: readonly (Place & {
    /** The title of a rule; empty for what is about the file. */
    readonly rule: string
    readonly what: string
    readonly why: string
    readonly kind: string
  })[]
}

/** What is lost is an error, and what means something else a warning of its rule; both with places in the file. */
function importedRules({ rules: found, notes }: Imported): ParsedRules {
  const lost = notes.filter(({ kind }) => kind === 'lost').map(noted)
  const ofFile = notes.filter((note) => note.kind !== 'lost' && note.rule === '').map(noted)
  const errors: RuleError[] = [...lost]
  const rules: ParsedRule[] = []
  for (const { title, text, at } of found.slice(0, rulesMax)) {
    const read = parseRules(text)
    errors.push(...read.errors.map((error) => ({ ...error, ...at, message: `${title}: ${error.message}` })))
    const own = notes.filter((note) => note.kind !== 'lost' && note.rule === title).map(noted)
    const warnings = [...(rules.length === 0 ? ofFile : []), ...own]
    rules.push(
      ...read.rules.map((rule) => ({ ...rule, at, warnings: [...warnings, ...rule.warnings], isImported: true })),
    )
  }
  if (found.length > rulesMax)
    errors.push({ message: `the file has more than ${rulesMax} rules`, line: 1, column: 1, hint: 'Split it.' })
  return { rules, errors: errors.slice(0, errorsMax) }
}

const noted = ({ what, why, line, column }: Imported['notes'][number]): RuleError => ({
  message: `${what}: ${why}`,
  line,
  column,
  hint: null,
})

const apiVersion = 'plaintrail.dev/v1'
const kind = 'Rule'

function readRule(reader: FieldReader, { root, start, end }: YamlDocument, source: string): ParsedRule | null {
  const { problems } = reader
  const before = problems.count
  const fields = reader.fields(root, 'a rule file', ['apiVersion', 'kind', 'metadata', 'spec', 'tests'])
  if (fields === null) return null
  requireWord(reader, root, { name: 'apiVersion', value: fields.apiVersion, wanted: apiVersion })
  requireWord(reader, root, { name: 'kind', value: fields.kind, wanted: kind })
  for (const name of ['metadata', 'spec'] as const)
    if (fields[name] === undefined) problems.add(root.from, `a rule has no ${name}`, `Give it ${name}: {…}`)
  const metadata = fields.metadata === undefined ? null : readMetadata(reader, fields.metadata)
  const spec = fields.spec === undefined ? null : readSpec(reader, fields.spec)
  const tests = readTests(reader, fields.tests, spec?.on ?? onOf(fields.spec))
  if (problems.count > before || metadata === null || spec === null || fields.spec === undefined) return null
  const { name, labels, at } = metadata
  const rule = { name, labels, ...spec }
  const compiled = compiledRule(rule, problems)
  if (compiled === null) return null
  const hash = createHash('sha256')
    .update(canonical({ name, labels, spec: jsonOf(fields.spec) }))
    .digest('hex')
  const text = source.slice(start, end)
  return { rule, tests, hash, text, at, warnings: ruleWarnings(compiled), isImported: false }
}

/** What only the whole rule shows; null where it is wrong, which is told. */
function compiledRule(rule: Rule, problems: Problems): CompiledRule | null {
  const compilation = compileRule(rule)
  if (compilation.ok) return compilation.compiled
  for (const error of compilation.errors) problems.addAt(error, `spec.${error.message}`, error.hint)
  return null
}

function requireWord(
  reader: FieldReader,
  root: Located,
  { name, value, wanted }: { readonly name: string; readonly value: Located | undefined; readonly wanted: string },
): void {
  if (value === undefined) reader.problems.add(root.from, `a rule has no ${name}`, `Begin it with ${name}: ${wanted}`)
  else reader.choice(value, name, [wanted])
}

/** For the tests of a rule that is not right: they are read on. */
function onOf(spec: Located | undefined): 'event' | 'gap' {
  const on = spec?.kind === 'map' ? spec.entries.get('on')?.value : undefined
  return on?.kind === 'text' && on.text === 'gap' ? 'gap' : 'event'
}

interface Metadata {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly at: Place
}

function readMetadata(reader: FieldReader, value: Located): Metadata | null {
  const fields = reader.fields(value, 'metadata', ['name', 'labels'])
  if (fields === null) return null
  if (fields.name === undefined)
    reader.problems.add(value.from, 'metadata has no name', 'Name it: name: exec-into-prod')
  const name = reader.line(fields.name, 'metadata.name', titleCharactersMax)
  const labels = readLabels(reader, fields.labels)
  if (name === null || fields.name === undefined) return null
  if (/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) return { name, labels, at: reader.placeAt(fields.name.from) }
  reader.problems.add(
    fields.name.from,
    `could not use "${name}" as the name of a rule`,
    'It has small letters, digits and - between them, and at most 63 characters.',
  )
  return null
}

function readLabels(reader: FieldReader, value: Located | undefined): Metadata['labels'] {
  const map = value === undefined ? null : reader.map(value, 'metadata.labels')
  if (map === null) return {}
  if (map.entries.size > labelsMax) reader.problems.add(map.from, `metadata.labels has more than ${labelsMax}`)
  const labels = [...map.entries].slice(0, labelsMax).map(([name, entry]) => {
    if (!/^[\w./-]{1,253}$/.test(name))
      reader.problems.add(entry.from, `could not use "${name.slice(0, 100)}" as the name of a label`)
    return [name, reader.line(entry.value, `the label ${name.slice(0, 100)}`, titleCharactersMax) ?? ''] as const
  })
  return Object.fromEntries(labels)
}

/** JSON with the names of every map in order. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1))
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`
}
