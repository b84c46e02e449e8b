// route: what one route of the API takes, answers and does, as data. From it Express is wired, requests are judged, and
// the OpenAPI document is written, so that the three cannot say different things.

import type { Request, Response } from 'express'
import * as z from 'zod'
import type { RouteParts } from './api-parts.ts'
import type { Caller, Route } from './authenticate.ts'
import { withKeptAnswer } from './kept-answer.ts'
import { readInput, type ParameterShape } from './read-input.ts'
import type { ProblemCode } from './problem-codes.ts'

/** The parts of the reference, in its order. */
export const tags = {
  events: 'Who changed what, and when.',
  objects: 'What was done to one object, and which objects there are.',
  actors: 'Who asks Kubernetes: people, service accounts, nodes.',
  sessions: 'Shells and other connections into pods.',
  findings: 'What rules found, and what people make of it.',
  rules: 'What is watched for, whether it can be seen, and which controls it is evidence for.',
  queries: 'Help for who writes a query.',
  exports: 'Many events as files.',
  clusters: 'The clusters that post here.',
  tokens: 'Who may ask.',
  upkeep: 'What could not be read or done, and what the server has to tell.',
  server: 'This server.',
} as const

export interface Answer {
  readonly description: string
  /** By media type. Each schema that is an object has an id (`.meta({ id })`) and is a component of the document. */
  readonly content?: Readonly<Record<string, z.ZodType>>
  /** By name; one sentence each. */
  readonly headers?: Readonly<Record<string, string>>
}

interface Documentation {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** As OpenAPI writes it: `/v1/events/{id}`. */
  readonly path: string
  readonly tag: keyof typeof tags
  /** No full stop, at most 60 characters. */
  readonly summary: string
  /** Whole sentences. */
  readonly description: string
  /** What stands in the path, by name; one sentence each. */
  readonly inPath?: Readonly<Record<string, string>>
  /** By status. */
  readonly answers: Readonly<Record<number, Answer>>
  /** Beside those that every route may answer. */
  readonly problems?: readonly ProblemCode[]
  /** `anyone` needs no token. */
  readonly access?: 'token' | 'anyone'
  /** How often one caller may ask; `unlimited` is for machines that watch this one. */
  readonly rate?: 'limited' | 'unlimited'
  /** A POST or PUT that makes something: it keeps its answer under an Idempotency-Key. */
  readonly keepsAnswer?: boolean
  /** Headers of a request that it reads beside those of every route, by name; one sentence each. */
  readonly inHeaders?: Readonly<Record<string, string>>
  /** Of a body that is one text and no JSON to be judged: the media types in which it may come. `body` is a string then. */
  readonly textTypes?: readonly string[]
}

interface Input<Shape extends ParameterShape, Body extends z.ZodType> {
  readonly query: z.output<z.ZodObject<Shape>>
  readonly body: z.output<Body>
}

interface Definition<Shape extends ParameterShape, Body extends z.ZodType> extends Documentation {
  /** Parameters of the URL by name: each described, and optional unless the route needs it (schemas/parameters.ts). */
  readonly query?: Shape
  /**
   * Of names that are not in `query`, where they are not refused. `query language`: they are left to the handler, which
   * refuses them in better words. `ignored`: probes add what they like.
   */
  readonly otherParameters?: 'query language' | 'ignored'
  readonly body?: Body
  /** Called once, when the api starts. What it answers has seen its input judged by the schemas above. */
  readonly handler: (
    parts: RouteParts,
  ) => (request: Request, response: Response, caller: Caller, input: Input<Shape, Body>) => Promise<void> | void
}

/** A route whose types were checked against each other where it was written. */
export interface ApiRoute extends Documentation {
  readonly query: ParameterShape
  readonly body: z.ZodType | null
  readonly make: (parts: RouteParts) => Route
}

export function route<Shape extends ParameterShape = ParameterShape, Body extends z.ZodType = z.ZodUndefined>(
  definition: Definition<Shape, Body>,
): ApiRoute {
  const { handler, query, body, otherParameters, ...documentation } = definition
  // Where it is left out nothing gave Shape a key, and so the empty one is of it.
  const shape = query ?? ({} as Shape)
  const takes = { query: z.object(shape), body: body ?? null, otherParameters, textTypes: definition.textTypes ?? null }
  return {
    ...documentation,
    query: shape,
    body: body ?? null,
    make: (parts) => {
      const handle = handler(parts)
      return async (request, response, caller) => {
        const input = await readInput(request, response, takes)
        const answer = (): Promise<void> | void => handle(request, response, caller, input)
        if (definition.keepsAnswer !== true) return await answer()
        await withKeptAnswer(parts, request, response, { caller, asked: input }, answer)
      }
    },
  }
}

export function json(description: string, schema: z.ZodType, headers: Readonly<Record<string, string>> = {}): Answer {
  return { description, content: { 'application/json': schema }, headers }
}

/** The headers of sendTagged, and its answer to who has it already. */
export const tagged = {
  ETag: 'Names these very bytes (RFC 9110 section 8.8.3).',
  'Cache-Control': 'How long it may be kept (RFC 9111).',
  Vary: 'The headers of yours for which alone it may be used again (RFC 9110 section 12.5.5).',
}
export const notModified: Answer = { description: 'You have it: If-None-Match names it.', headers: tagged }
