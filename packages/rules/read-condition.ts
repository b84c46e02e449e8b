// readCondition: what makes a finding of events that match.
import { parseDuration } from '@plaintrail/query/duration'
import type { FieldReader, Fields } from './field-reader.ts'
import { fieldNames, type FieldName } from './fields.ts'
import type { Located } from './located.ts'
import { readStep } from './read-step.ts'
import type { Condition, Step } from './rule.ts'

/** Of a count or of different values: of more hits in a window not all are read where they are judged. */
export const atLeastMax = 10_000
/** Of a condition, in microseconds: 90 days. */
const withinUsMax = 90 * 86_400_000_000
/** Steps after the first of a sequence, and those beside a match. */
const stepsMax = 5
/** Fields that firstSeen compares, and that findings are grouped by. */
const fieldsMax = 8

const names = ['count', 'distinct', 'atLeast', 'then', 'with', 'without', 'firstSeen', 'within'] as const
const kinds = ['count', 'distinct', 'then', 'with', 'without', 'firstSeen'] as const

/** Null where it is wrong, which is told. */
export function readCondition(reader: FieldReader, value: Located | undefined): Condition | null {
  if (value === undefined) return { kind: 'each' }
  const fields = reader.fields(value, 'spec.condition', names)
  if (fields === null) return null
  const given = kinds.filter((kind) => fields[kind] !== undefined)
  const [kind] = given
  if (kind === undefined || given.length > 1) {
    const says = kind === undefined ? 'says nothing' : `says ${given.join(' and ')} at once`
    reader.problems.add(value.from, `spec.condition ${says}`, `It has one of ${kinds.join(', ')}.`)
    return null
  }
  const withinUs = readDurationUs(reader, fields.within, 'spec.condition.within', { min: 1_000_000, max: withinUsMax })
  if (fields.within === undefined)
    reader.problems.add(value.from, 'spec.condition has no window', 'Give it one, such as within: 30m.')
  if (fields.atLeast !== undefined && kind !== 'distinct')
    reader.problems.add(fields.atLeast.from, `spec.condition.atLeast goes with distinct, not with ${kind}`)
  const condition = readKind(reader, { kind, fields, withinUs: withinUs ?? 0, from: value.from })
  return withinUs === null ? null : condition
}

interface Given {
  readonly kind: (typeof kinds)[number]
  readonly fields: Fields<(typeof names)[number]>
  readonly withinUs: number
  readonly from: number
}

function readKind(reader: FieldReader, { kind, fields, withinUs, from }: Given): Condition | null {
  switch (kind) {
    case 'count': {
      const atLeast = reader.count(fields.count, 'spec.condition.count', { min: 2, max: atLeastMax })
      return atLeast === null ? null : { kind: 'count', atLeast, withinUs }
    }
    case 'distinct': {
      const of = reader.choice(fields.distinct, 'spec.condition.distinct', fieldNames)
      if (fields.atLeast === undefined)
        reader.problems.add(from, 'spec.condition does not say how many', 'Give it atLeast, such as atLeast: 15.')
      const atLeast = reader.count(fields.atLeast, 'spec.condition.atLeast', { min: 2, max: atLeastMax })
      return of === null || atLeast === null ? null : { kind: 'distinct', of, atLeast, withinUs }
    }
    case 'then': {
      const steps = readSteps(reader, fields.then, 'spec.condition.then')
      return steps === null ? null : { kind: 'sequence', steps, withinUs }
    }
    case 'with': {
      const steps = readSteps(reader, fields.with, 'spec.condition.with')
      return steps === null ? null : { kind: 'together', steps, withinUs }
    }
    case 'without': {
      const without = readFurther(reader, fields.without, 'spec.condition.without')
      return without === null ? null : { kind: 'absence', without, withinUs }
    }
    case 'firstSeen': {
      const of = readFieldNames(reader, fields.firstSeen, 'spec.condition.firstSeen', 1)
      return of === null || of.length === 0 ? null : { kind: 'first-seen', of, withinUs }
    }
    default:
      return kind satisfies never
  }
}

function readSteps(reader: FieldReader, value: Located | undefined, what: string): readonly Step[] | null {
  const items = reader.list(value, what, { min: 1, max: stepsMax })
  const steps = items.map((item) => readFurther(reader, item, `a step of ${what}`))
  const known = steps.filter((step) => step !== null)
  return known.length === 0 || known.length < steps.length ? null : known
}

function readFurther(reader: FieldReader, value: Located | undefined, what: string): Step | null {
  const fields = value === undefined ? null : reader.fields(value, what, ['match', 'where'])
  if (fields === null || value === undefined) return null
  if (fields.match === undefined) {
    reader.problems.add(value.from, `${what} has no match`, 'Say which events it is about in the query language.')
    return null
  }
  return readStep(reader, { what, on: 'event', match: fields.match, where: fields.where })
}

/** Null where one is wrong, which is told. */
export function readFieldNames(
  reader: FieldReader,
  value: Located | undefined,
  what: string,
  min = 0,
): readonly FieldName[] | null {
  const items = reader.list(value, what, { min, max: fieldsMax })
  const found = items.map((item) => reader.choice(item, `an item of ${what}`, fieldNames))
  const known = found.filter((name) => name !== null)
  const again = known.findIndex((name, index) => known.indexOf(name) < index)
  if (again !== -1 && items[again] !== undefined)
    reader.problems.add(items[again].from, `${what} names "${known[again]}" twice`)
  return known.length < found.length || again !== -1 ? null : known
}

/** In microseconds. Null where it is wrong, which is told, or not there. */
export function readDurationUs(
  reader: FieldReader,
  value: Located | undefined,
  what: string,
  bounds: { readonly min: number; readonly max: number },
): number | null {
  const text = reader.line(value, what, durationCharactersMax)
  if (text === null || value === undefined) return null
  const duration = parseDuration(text)
  if (duration !== null && duration.months === 0 && duration.us >= bounds.min && duration.us <= bounds.max)
    return duration.us
  reader.problems.add(
    value.from,
    `could not read ${what} "${text}"`,
    `Write ${durationWords(bounds.min)} to ${durationWords(bounds.max)}, such as 30m, 6h or 1d.`,
  )
  return null
}

const durationCharactersMax = 64

const durationWords = (us: number): string => {
  if (us % 86_400_000_000 === 0 && us > 0) return `${us / 86_400_000_000}d`
  return `${us / 1_000_000}s`
}
