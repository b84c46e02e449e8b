// readSpec: the `spec` of a rule.
import { isControl, controls } from './controls.ts'
import type { FieldReader } from './field-reader.ts'
import { fieldNames } from './fields.ts'
import { jsonOf, type Located } from './located.ts'
import { nearestWord } from '@plaintrail/query/nearest-word'
import { readCondition, readDurationUs, readFieldNames } from './read-condition.ts'
import { readStep } from './read-step.ts'
import { ruleStates, severities, type Exception, type Needs, type Noise, type Rule } from './rule.ts'

export const titleCharactersMax = 200
/** Of descriptions, remediations and the like. */
const textCharactersMax = 8_000
/** Of a summary, a command or a reference. */
const lineCharactersMax = 1_000
const exceptionsMax = 100
/** Commands, references, controls, techniques and false positives, of each. */
const listedMax = 50
/** Of params as JSON. */
const paramsCharactersMax = 64 * 1024
/** A day, in microseconds. */
const latenessUsMax = 86_400_000_000
/** Findings of a rule, and days, in microseconds. */
const noiseFindingsMax = 1_000_000
const noiseUsMin = 3_600_000_000
const noiseUsMax = 90 * 86_400_000_000
export const latenessUsUsual = 300_000_000

const specNames = [
  'title',
  'description',
  'severity',
  'state',
  'owner',
  'on',
  'match',
  'where',
  'exceptions',
  'condition',
  'lateness',
  'groupBy',
  'summary',
  'remediation',
  'commands',
  'controls',
  'attack',
  'needs',
  'noise',
  'references',
  'falsePositives',
  'params',
] as const
type SpecFields = Readonly<Partial<Record<(typeof specNames)[number], Located>>>

export type Spec = Omit<Rule, 'name' | 'labels'>

/** Null where it is wrong, which is told. */
export function readSpec(reader: FieldReader, value: Located): Spec | null {
  const before = reader.problems.count
  const fields = reader.fields(value, 'spec', specNames)
  if (fields === null) return null
  for (const name of ['title', 'severity'] as const)
    if (fields[name] === undefined) reader.problems.add(value.from, `spec has no ${name}`, requiredHints[name])
  const on = reader.choice(fields.on, 'spec.on', ['event', 'gap']) ?? 'event'
  if (fields.match === undefined && on === 'event')
    reader.problems.add(value.from, 'spec has no match', 'Say which events it is about: match: class:connect sub:exec')
  if (on === 'gap') refuseOnGaps(reader, fields)
  const said = { ...readWords(reader, fields), ...readLists(reader, fields), ...readJudgement(reader, fields, on) }
  const { title, severity, step, condition, groupBy, latenessUs, ...rest } = said
  const isWrong = reader.problems.count > before || title === null || severity === null || step === null
  if (isWrong || condition === null || groupBy === null) return null
  const summary = rest.summary ?? title
  return { ...rest, on, title, severity, step, condition, groupBy, latenessUs: latenessUs ?? latenessUsUsual, summary }
}

const requiredHints = {
  title: 'Say in a few words what was done: title: Shell opened in a production pod',
  severity: `It is one of ${severities.join(', ')}.`,
} as const

function refuseOnGaps(reader: FieldReader, fields: SpecFields): void {
  for (const name of ['match', 'condition', 'needs'] as const) {
    const value = fields[name]
    if (value !== undefined)
      reader.problems.add(value.from, `spec.${name} is about events, and this rule is on gaps`, 'Leave it out.')
  }
}

function readWords(reader: FieldReader, fields: SpecFields) {
  return {
    title: readTitle(reader, fields.title),
    description: reader.text(fields.description, 'spec.description', textCharactersMax) ?? '',
    severity: reader.choice(fields.severity, 'spec.severity', severities),
    state: reader.choice(fields.state, 'spec.state', ruleStates) ?? 'active',
    owner: reader.line(fields.owner, 'spec.owner', titleCharactersMax),
    summary: readTemplate(reader, fields.summary, 'spec.summary', lineCharactersMax),
    remediation: checkTemplate(
      reader,
      fields.remediation,
      reader.text(fields.remediation, 'spec.remediation', textCharactersMax) ?? '',
    ),
  }
}

function readJudgement(reader: FieldReader, fields: SpecFields, on: Rule['on']) {
  const { match, where } = fields
  return {
    step: readStep(reader, { what: 'spec', on, match: on === 'gap' ? undefined : match, where }),
    exceptions: readExceptions(reader, fields.exceptions, on),
    condition: readCondition(reader, on === 'gap' ? undefined : fields.condition),
    latenessUs: readDurationUs(reader, fields.lateness, 'spec.lateness', { min: 0, max: latenessUsMax }),
    groupBy:
      fields.groupBy === undefined
        ? on === 'gap'
          ? []
          : (['actor', 'object.namespace'] as const)
        : readFieldNames(reader, fields.groupBy, 'spec.groupBy'),
    needs: readNeeds(reader, on === 'gap' ? undefined : fields.needs),
    noise: readNoise(reader, fields.noise),
    params: readParams(reader, fields.params),
  }
}

function readLists(reader: FieldReader, fields: SpecFields) {
  const lines = { max: listedMax, charactersMax: lineCharactersMax }
  const commands = reader.list(fields.commands, 'spec.commands', lines)
  return {
    commands: commands
      .map((item) => checkTemplate(reader, item, reader.text(item, 'an item of spec.commands', lineCharactersMax)))
      .filter((command) => command !== null),
    controls: readControls(reader, fields.controls),
    attack: readPatterned(reader, fields.attack, {
      what: 'spec.attack',
      pattern: /^TA?\d{4}(\.\d{3})?$/,
      hint: 'Write the id of a technique: T1609 or T1552.007.',
    }),
    references: readPatterned(reader, fields.references, {
      what: 'spec.references',
      pattern: /^https?:\/\/[^\s/]+\S*$/,
      hint: 'Write a whole URL: https://…',
    }),
    falsePositives: reader.lines(fields.falsePositives, 'spec.falsePositives', lines),
  }
}

function readControls(reader: FieldReader, value: Located | undefined): readonly string[] {
  const items = reader.list(value, 'spec.controls', { max: listedMax })
  return items
    .map((item) => {
      const id = reader.line(item, 'an item of spec.controls', titleCharactersMax)
      if (id === null || isControl(id)) return id
      const near = nearestWord(
        id,
        controls.map((control) => control.id),
      )
      reader.problems.add(
        item.from,
        `there is no control "${id}"`,
        near === null ? 'Write FRAMEWORK:ID, such as soc2:CC6.1 or pci:10.2.1.2.' : `Did you mean "${near}"?`,
      )
      return null
    })
    .filter((id) => id !== null)
}

interface Patterned {
  readonly what: string
  readonly pattern: RegExp
  readonly hint: string
}

function readPatterned(reader: FieldReader, value: Located | undefined, { what, pattern, hint }: Patterned) {
  const items = reader.list(value, what, { max: listedMax })
  return items
    .map((item) => {
      const text = reader.line(item, `an item of ${what}`, lineCharactersMax)
      if (text === null || pattern.test(text)) return text
      reader.problems.add(item.from, `could not read "${text.slice(0, 100)}" in ${what}`, hint)
      return null
    })
    .filter((text) => text !== null)
}

/** It stands above findings of many events. */
function readTitle(reader: FieldReader, value: Located | undefined): string | null {
  const title = reader.line(value, 'spec.title', titleCharactersMax)
  if (title?.includes('{{') === true && value !== undefined)
    reader.problems.add(value.from, 'spec.title has no fields of an event', 'Say it in spec.summary.')
  return title
}

function readTemplate(reader: FieldReader, value: Located | undefined, what: string, charactersMax: number) {
  return checkTemplate(reader, value, reader.line(value, what, charactersMax))
}

/** The text itself. Fields in `{{ }}` must be known. */
function checkTemplate<T extends string | null>(reader: FieldReader, value: Located | undefined, text: T): T {
  for (const [, name = ''] of (text ?? '').matchAll(/\{\{(.*?)\}\}/gs)) {
    if (fieldNames.some((known) => known === name.trim())) continue
    const near = nearestWord(name.trim(), fieldNames)
    const hint = near === null ? `The fields are ${fieldNames.join(', ')}.` : `Did you mean "{{${near}}}"?`
    if (value !== undefined)
      reader.problems.add(value.from, `there is no field "{{${name.trim().slice(0, 100)}}}"`, hint)
  }
  return text
}

function readExceptions(reader: FieldReader, value: Located | undefined, on: Rule['on']): readonly Exception[] {
  const found: Exception[] = []
  for (const item of reader.list(value, 'spec.exceptions', { max: exceptionsMax })) {
    const fields = reader.fields(item, 'an exception', ['name', 'match', 'where', 'reason'])
    if (fields === null) continue
    const name = reader.line(fields.name, 'the name of an exception', titleCharactersMax)
    if (fields.name === undefined) reader.problems.add(item.from, 'an exception has no name', 'Name it: name: robots')
    if (found.some((other) => other.name === name))
      reader.problems.add(fields.name?.from ?? item.from, `two exceptions are named "${name}"`)
    if (fields.match === undefined && fields.where === undefined)
      reader.problems.add(item.from, 'an exception says nothing', 'Give it match or where: it would except everything.')
    if (fields.match !== undefined && on === 'gap')
      reader.problems.add(fields.match.from, 'an exception with match is about events, and this rule is on gaps')
    const reason = reader.text(fields.reason, 'the reason of an exception', lineCharactersMax) ?? ''
    const { match, where } = fields
    const step = readStep(reader, { what: 'an exception', on, match: on === 'gap' ? undefined : match, where })
    if (name !== null && step !== null) found.push({ name, reason, step })
  }
  return found
}

function readNeeds(reader: FieldReader, value: Located | undefined): Needs {
  const fields = value === undefined ? null : reader.fields(value, 'spec.needs', ['level', 'stage'])
  return {
    level: reader.choice(fields?.level, 'spec.needs.level', ['Metadata', 'Request', 'RequestResponse']),
    stage: reader.choice(fields?.stage, 'spec.needs.stage', ['RequestReceived', 'ResponseStarted', 'ResponseComplete']),
  }
}

/** Null also where it is wrong, which is told. */
function readNoise(reader: FieldReader, value: Located | undefined): Noise | null {
  const fields = value === undefined ? null : reader.fields(value, 'spec.noise', ['findings', 'within'])
  if (fields === null || value === undefined) return null
  for (const name of ['findings', 'within'] as const)
    if (fields[name] === undefined)
      reader.problems.add(value.from, `spec.noise has no ${name}`, 'Say both: noise: {findings: 20, within: 7d}')
  const findings = reader.count(fields.findings, 'spec.noise.findings', { min: 0, max: noiseFindingsMax })
  const withinUs = readDurationUs(reader, fields.within, 'spec.noise.within', { min: noiseUsMin, max: noiseUsMax })
  return findings === null || withinUs === null ? null : { findings, withinUs }
}

function readParams(reader: FieldReader, value: Located | undefined): Rule['params'] {
  const map = value === undefined ? null : reader.map(value, 'spec.params')
  if (map === null) return {}
  const params = Object.fromEntries([...map.entries].map(([name, entry]) => [name, jsonOf(entry.value)]))
  const characters = JSON.stringify(params).length
  if (characters > paramsCharactersMax)
    reader.problems.add(map.from, `spec.params has ${characters} characters and ${paramsCharactersMax} is the most`)
  return params
}
