// importSigma: files of Sigma as rules here, each as the text of a file, and what is not carried over.

import { isFalco } from '../falco/ruleset.ts'
import { jsonOf, type LocatedMap } from '../located.ts'
import { readDocuments } from '../read-documents.ts'
import { Problems, type Place } from '../rule-error.ts'
import { readCorrelation, type CorrelationReading, type FindSigma } from './correlation.ts'
import { SigmaProblem, type SigmaNote, type TellSigma } from './note.ts'
import {
  isSigmaDocument,
  readSigmaRule,
  sigmaHead,
  type SigmaCorrelation,
  type SigmaHead,
  type SigmaRule,
} from './rule.ts'
import { sigmaRuleName, sigmaRuleText, sigmaStep } from './rule-text.ts'
import { sigmaWords } from './words.ts'
import { sourcePlaces } from '../source-places.ts'

export type { SigmaNote } from './note.ts'
export { isSigmaDocument } from './rule.ts'

export interface SigmaFile {
  /** As it is told. */
  readonly file: string
  readonly text: string
}

export interface ImportedSigma {
  /** As rules here have it. */
  readonly name: string
  /** As the file has it. */
  readonly title: string
  readonly text: string
  readonly file: string
  readonly at: Place
}

export interface SigmaImport {
  /** In the order of the files. */
  readonly rules: readonly ImportedSigma[]
  /** By file and place. */
  readonly notes: readonly SigmaNote[]
}

export interface SigmaDocument {
  readonly file: string
  readonly root: LocatedMap
  /** The text of the whole file. */
  readonly source: string
  readonly placeAt: (at: number) => Place
}

/** Bytes of a file and documents of an import. */
const [bytesMax, documentsMax] = [1024 * 1024, 10_000]

/** Total: whatever the texts, nothing is thrown. Correlations find their rules in all files. */
export function importSigma(files: readonly SigmaFile[]): SigmaImport {
  const notes: SigmaNote[] = []
  const documents = files.flatMap(({ file, text }) => documentsOf(file, text, notes))
  const kept = documents.slice(0, documentsMax)
  const [next] = documents.slice(documentsMax)
  if (next !== undefined)
    notes.push(lost(next, next.root.from, '', `there are more than ${documentsMax} rules: import them in parts`))
  const imported = importSigmaDocuments(kept)
  return { rules: imported.rules, notes: [...notes, ...imported.notes] }
}

function documentsOf(file: string, source: string, notes: SigmaNote[]): readonly SigmaDocument[] {
  const placeAt = sourcePlaces(source)
  if (source.length > bytesMax) {
    notes.push({
      file,
      rule: '',
      ...placeAt(0),
      what: 'the file',
      why: `it is larger than ${bytesMax} bytes`,
      kind: 'lost',
    })
    return []
  }
  const problems = new Problems(placeAt)
  const found: SigmaDocument[] = []
  for (const { root } of readDocuments(source, problems)) {
    if (isSigmaDocument(root)) found.push({ file, root, source, placeAt })
    else
      notes.push({
        file,
        rule: '',
        ...placeAt(root.from),
        what: 'a document',
        why: isFalco(root) ? 'it has rules of Falco: plaintrail falco import reads it' : 'it is no rule of Sigma',
        kind: 'lost',
      })
  }
  for (const { line, column, message } of problems.inOrder())
    notes.push({ file, rule: '', line, column, what: 'a document', why: message, kind: 'lost' })
  return found
}

interface Reading {
  readonly document: SigmaDocument
  readonly head: SigmaHead
  /** Null where it could not be read, which is told. */
  readonly said: SigmaRule | SigmaCorrelation | null
  readonly notes: SigmaNote[]
}

/** Total. */
export function importSigmaDocuments(documents: readonly SigmaDocument[]): SigmaImport {
  const readings = documents.map(readDocument)
  const find: FindSigma = (name) => {
    const [found, ...others] = readings.filter(({ head }) => name !== '' && (head.id === name || head.name === name))
    if (found === undefined) return null
    if (others.length > 0) return 'several'
    return found.said === null ? 'wrong' : found.said.kind === 'correlation' ? 'correlation' : found.said
  }
  const correlations = new Map<Reading, CorrelationReading>()
  for (const reading of readings) {
    const { said } = reading
    if (said?.kind !== 'correlation') continue
    const correlated = attempted(reading, () => readCorrelation(said, find, tellOf(reading)))
    if (correlated !== null) correlations.set(reading, correlated)
  }
  const partOnly = new Map<SigmaRule, Reading>()
  for (const [reading, { isGenerated, rules }] of correlations)
    if (!isGenerated) for (const rule of rules) partOnly.set(rule, reading)
  for (const { isGenerated, rules } of correlations.values())
    if (isGenerated) for (const rule of rules) partOnly.delete(rule)
  const taken = new Set<string>()
  const rules = readings.flatMap((reading) => {
    const whole = partOnly.get(reading.said as SigmaRule)
    if (whole !== undefined) {
      whole.notes.push({
        ...lost(
          reading.document,
          reading.head.at,
          whole.head.title,
          'it is only a part of this, which does not say generate: true',
        ),
        what: `the rule "${reading.head.title.slice(0, 100)}"`,
        kind: 'changed',
      })
      whole.notes.push(...reading.notes.splice(0).map((note) => ({ ...note, rule: whole.head.title })))
      return []
    }
    const imported = attempted(reading, () => importOne(reading, correlations.get(reading) ?? null, taken))
    return imported === null ? [] : [imported]
  })
  return { rules, notes: readings.flatMap(({ notes }) => notes.toSorted(byPlace)) }
}

const byPlace = (one: SigmaNote, other: SigmaNote): number => one.line - other.line || one.column - other.column

function readDocument(document: SigmaDocument): Reading {
  const head = sigmaHead(document.root)
  const reading: Reading = { document, head, said: null, notes: [] }
  return { ...reading, said: attempted(reading, () => readSigmaRule(head, document.source, tellOf(reading))) }
}

const tellOf =
  ({ document: { file, placeAt }, head: { title }, notes }: Reading): TellSigma =>
  ({ at, ...said }) => {
    notes.push({ file, rule: title, ...placeAt(at), ...said })
  }

/** Null where it cannot be said, which is told in place of what else was. */
function attempted<T>(reading: Reading, act: () => T): T | null {
  try {
    return act()
  } catch (error) {
    if (!(error instanceof SigmaProblem)) throw error
    reading.notes.length = 0
    reading.notes.push(lost(reading.document, error.at, reading.head.title, error.message))
    return null
  }
}

const lost = ({ file, placeAt }: SigmaDocument, at: number, rule: string, why: string): SigmaNote => ({
  file,
  rule,
  ...placeAt(at),
  what: 'the rule',
  why,
  kind: 'lost',
})

/** Null where it was told before that it cannot be read. */
function importOne(reading: Reading, correlation: CorrelationReading | null, taken: Set<string>): ImportedSigma | null {
  const { said, head, document } = reading
  if (said === null || (said.kind === 'correlation' && correlation === null)) return null
  const words = sigmaWords(head, tellOf(reading))
  const steps = (correlation?.steps ?? (said.kind === 'rule' ? [said.node] : [])).map((node) =>
    sigmaStep(node, head.at),
  )
  const name = sigmaRuleName(words, taken)
  taken.add(name)
  const text = sigmaRuleText({ name, words, steps, correlation, source: sourceOf(said, correlation) })
  return { name, title: head.title, text, file: document.file, at: document.placeAt(head.at) }
}

/** Of a correlation what it says, and the detections of its rules by their names. */
function sourceOf(said: SigmaRule | SigmaCorrelation, correlation: CorrelationReading | null): unknown {
  if (said.kind === 'rule') return { detection: said.detection }
  const rules = correlation?.rules ?? []
  return {
    correlation: jsonOf(said.correlation),
    rules: rules.map(({ id, name, title, detection }) => ({
      ...(id !== null && { id }),
      ...(name !== null && { name }),
      title,
      detection,
    })),
  }
}
