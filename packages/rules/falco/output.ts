// summaryOfOutput: the output of a Falco rule as the summary of one here, and back.

import type { FieldName } from '../fields.ts'
import { falcoName } from './query.ts'

/** Fields of Falco and what they are in a sentence here; the first of each is what it is written back as. */
const told: readonly (readonly [falco: string, field: FieldName])[] = [
  ['ka.user.name', 'actor'],
  ['ka.impuser.name', 'impersonated'],
  ['ka.target.name', 'object.name'],
  ['ka.resp.name', 'object.name'],
  ['ka.target.pod.name', 'object.name'],
  ['ka.req.configmap.name', 'object.name'],
  ['ka.target.namespace', 'object.namespace'],
  ['ka.target.resource', 'object.resource'],
  ['ka.target.subresource', 'object.subresource'],
  ['ka.verb', 'verb'],
  ['ka.response.code', 'code'],
  ['ka.useragent', 'user-agent'],
  ['ka.uri', 'request-uri'],
  ['ka.auditid', 'audit'],
  ['ka.cluster.name', 'cluster'],
  ['ka.sourceips', 'ip'],
]

export interface Summary {
  readonly text: string
  /** What there is no field for; it is left out, with the word before it. */
  readonly lost: readonly string[]
}

/** `user=%ka.user.name`, in which the word belongs to the field. */
const placeholder =
  /(?:(?<![\w-])(?<word>[\w-]+=))?%(?<field>[a-z][a-z0-9_]*(?:\.[A-Za-z0-9_]+)+)(?:\[(?<argument>[^\]]{0,1000})\])?/g

export function summaryOfOutput(output: string): Summary {
  const lost: string[] = []
  const plain = output.replace(/^\*/, '').replaceAll('{{', '{ {').replaceAll(/\s+/g, ' ')
  const text = plain.replaceAll(placeholder, (whole, ...rest) => {
    const { word = '', field = '', argument = null } = rest.at(-1) as Readonly<Record<string, string | undefined>>
    const name = falcoName({ name: field, argument: argument ?? null, change: null })
    const known = told.find(([falco]) => falco === name)
    if (known !== undefined) return `${word}{{${known[1]}}}`
    lost.push(whole.slice(word.length))
    return ''
  })
  return { text: tidied(text), lost }
}

const tidied = (text: string): string =>
  text.replaceAll(/ {2,}/g, ' ').replaceAll('( ', '(').replaceAll(' )', ')').replaceAll(' ()', '').trim()

/** Of what Falco has no field for, nothing. */
export function outputOfSummary(summary: string): Summary {
  const lost: string[] = []
  const text = summary.replaceAll(/\{\{\s*([^{}]*?)\s*\}\}/g, (whole, name: string) => {
    const known = told.find(([, field]) => field === name)
    if (known !== undefined) return `%${known[0]}`
    lost.push(whole)
    return ''
  })
  return { text: tidied(text), lost }
}
