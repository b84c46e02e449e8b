// readInput: what a route was sent, judged by its schemas: parameters that cannot be read are 400, fields of a body 422.

import type { Request, Response } from 'express'
import { nearestWord } from '@plaintrail/query/nearest-word'
import type { UrlParameters } from '@plaintrail/query/parameters'
import { QueryError } from '@plaintrail/query/query-error'
import * as z from 'zod'
import { urlParameters } from './list-question.ts'
import { noJson, noText, Problem } from './problems.ts'
import { readJson, readText } from './requests.ts'

export type ParameterShape = Readonly<Record<string, z.ZodType>>

export interface Takes<Shape extends ParameterShape, Body extends z.ZodType> {
  readonly query: z.ZodObject<Shape>
  readonly body: Body | null
  readonly otherParameters: 'query language' | 'ignored' | undefined
  /** Null where the body is JSON. */
  readonly textTypes: readonly string[] | null
}

/** Of a body; the first ones say enough. */
const errorsMax = 20
/** Of a name or a value that is said back. */
const shownLengthMax = 40

export async function readInput<Shape extends ParameterShape, Body extends z.ZodType>(
  request: Request,
  response: Response,
  { query, body, otherParameters, textTypes }: Takes<Shape, Body>,
): Promise<{ query: z.output<z.ZodObject<Shape>>; body: z.output<Body> }> {
  const sent = urlParameters(request)
  if (otherParameters === undefined) refuseUnknown(sent, Object.keys(query.shape))
  const read = query.safeParse(sent)
  if (!read.success) throw parameterError(query.shape, sent, read.error)
  return { query: read.data, body: await readBody(request, response, body, textTypes) }
}

function refuseUnknown(sent: UrlParameters, known: readonly string[]): void {
  const unknown = Object.keys(sent).find((name) => !known.includes(name))
  if (unknown === undefined) return
  const meant = nearestWord(unknown, known)
  const others = known.length === 0 ? 'There are none here.' : `There are ${known.join(', ')}.`
  throw new QueryError({
    message: `could not read ${unknown.slice(0, shownLengthMax)}: it is no parameter here`,
    parameter: unknown,
    hint: meant === null ? others : `Did you mean "${meant}"?`,
    suggestion: meant,
  })
}

function parameterError(shape: ParameterShape, sent: UrlParameters, { issues }: z.ZodError): QueryError {
  const [issue] = issues
  const parameter = String(issue?.path[0] ?? '')
  const value = sent[parameter]
  const hint = shape[parameter]?.meta()?.description ?? 'The reference has its values.'
  if (value === undefined)
    return new QueryError({ message: `could not read ${parameter}: it was not sent`, parameter, hint })
  if (typeof value !== 'string' && issue?.path.length === 1 && issue.code === 'invalid_type')
    return new QueryError({
      message: `could not read ${parameter}: it was sent ${value.length} times`,
      parameter,
      hint: `Send ${parameter} once.`,
    })
  const shown = `"${String(value).slice(0, shownLengthMax)}"`
  if (issue?.code === 'invalid_value') {
    const choices = issue.values.map(String)
    return new QueryError({
      message: `could not read ${parameter}: ${shown} is none of its values`,
      parameter,
      hint: `It can be ${choices.join(', ')}.`,
      suggestion: nearestWord(String(value), choices),
    })
  }
  return new QueryError({ message: `could not read ${parameter}: ${shown} is not what it takes`, parameter, hint })
}

async function readBody<Body extends z.ZodType>(
  request: Request,
  response: Response,
  schema: Body | null,
  textTypes: readonly string[] | null,
): Promise<z.output<Body>> {
  // A route without a body reads none, and its handler sees none.
  if (schema === null) return undefined as z.output<Body>
  const body = textTypes === null ? await readJson(request, response) : await readText(request, response, textTypes)
  if (body === undefined) throw textTypes === null ? noJson() : noText(textTypes)
  const read = schema.safeParse(body, { error: ownWords })
  if (read.success) return read.data
  const issues = read.error.issues.slice(0, errorsMax)
  throw new Problem(
    'unprocessable',
    `the body is not what it should be: ${issues.map(toldOf).join('; ')}`,
    'The reference has every field.',
    { errors: issues.flatMap(pointersOf) },
  )
}

/** Where the schema has no words of its own (undefined: zod's). */
function ownWords(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'invalid_type') return issue.input === undefined ? 'it is missing' : `it is no ${issue.expected}`
  if (issue.code === 'unrecognized_keys') return 'there is no such field'
  if (issue.code === 'invalid_value') return `it is none of ${issue.values.map(String).join(', ')}`
  return undefined
}

function toldOf(issue: z.core.$ZodIssue): string {
  const place = issue.path.length === 0 ? 'the body' : issue.path.join('.').slice(0, shownLengthMax)
  return `${place}: ${issue.message.slice(0, 200)}`
}

/** RFC 6901. A field that is not known is named by its own pointer. */
function pointersOf(issue: z.core.$ZodIssue): readonly { readonly pointer: string; readonly detail: string }[] {
  const paths = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path]
  return paths.slice(0, errorsMax).map((path) => ({
    pointer: path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''),
    detail: issue.message.slice(0, 200),
  }))
}
