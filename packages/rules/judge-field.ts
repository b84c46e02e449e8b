// changedField: what a query asks of one changed field, and of images: as packages/store/changed-condition.ts asks it.

import type { Matches, Pattern } from '@plaintrail/query/ast'
import type { FieldTerm } from '@plaintrail/query/field-terms'
import type { Asked, Judged } from './judge-query.ts'
import { endOf, isOneOf } from './patterns.ts'
import type { SubjectChange } from './subject.ts'

type FieldHolds = (change: SubjectChange) => boolean

/** Whether one field of those that changed meets all of the terms. */
export function changedField(terms: readonly FieldTerm[]): Asked {
  const holds = terms.map(fieldHolds)
  return someChange('changed', (change) => change.op !== 'came' && holds.every((one) => one(change)))
}

const imagePath = /(?:^|\.)(?:containers|initContainers|ephemeralContainers)\[\]\.image$/

/** An image that changed, or that came with what is new. */
export function imageOf({ values }: Matches): Asked {
  const isOne = isOneOf(values)
  return someChange('image', ({ plain, to }) => to !== null && imagePath.test(plain) && isOne(to))
}

function someChange(what: string, holds: FieldHolds): Asked {
  return {
    judge: ({ changes }) => (changes.isKnown ? changes.value.some(holds) : null),
    missing: ({ changes }: Judged) => (changes.isKnown ? [] : [{ what, because: changes.because }]),
    cost: 200,
  }
}

function fieldHolds({ term, isNegated }: FieldTerm): FieldHolds {
  const holds = term.key === 'changed' ? isAt(term.values) : hasValue(term)
  return isNegated ? (change) => !holds(change) : holds
}

/** What is not there is none of the values that are not wanted. */
function hasValue({ key, values }: Matches): FieldHolds {
  const isOne = isOneOf(values.filter(([first, ...more]) => first !== '' || more.length > 0))
  const isNone = values.some(([first, ...more]) => first === '' && more.length === 0)
  return (change) => {
    const text = key === 'to' ? change.to : change.from
    return text === null || text === '' ? isNone || (text === '' && isOne(text)) : isOne(text)
  }
}

/** Segments that follow each other: both sides have a dot before and behind each, and a value with brackets names items. */
function isAt(values: readonly Pattern[]): FieldHolds {
  const wanted = values.map((value) => ({
    isNaming: value.some((piece) => piece.includes('[')),
    pieces: segmentsOf(value),
  }))
  return ({ path, plain }) => {
    let [named, unnamed]: [string | null, string | null] = [null, null]
    return wanted.some(({ isNaming, pieces }) => {
      if (isNaming) return endOf(pieces, (named ??= dotted(path)), 0) !== -1
      return endOf(pieces, (unnamed ??= dotted(plain.replaceAll('[]', ''))), 0) !== -1
    })
  }
}

function segmentsOf(value: Pattern): readonly string[] {
  const [first = '', ...more] = value.map((piece) => piece.replaceAll('[', '.['))
  const pieces = [`.${first.replace(/^\.(?=\[)/, '')}`, ...more]
  return pieces.map((piece, at) => (at === pieces.length - 1 ? `${piece}.` : piece))
}

const dotted = (path: string): string => `.${path.replaceAll('"', '').replaceAll('[', '.[')}.`
