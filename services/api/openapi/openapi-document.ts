// openApiDocument: the table of routes as an OpenAPI 3.1 document. Nothing in it is written by hand but the receiver's one
// route (ingest-operation.ts): what a route takes and answers is said by the schemas that judge it.

import type * as z from 'zod'
import { problemCodes, type ProblemCode } from '../problem-codes.ts'
import { tags, type Answer, type ApiRoute } from '../route.ts'
import { problemSchema } from '../schemas/problem-schema.ts'
import { headerBytesMax } from '../serve-http.ts'
import { ingestOperation, ingestPath, ingestSecuritySchemes, ingestTag } from './ingest-operation.ts'
import { operationId } from './operation-id.ts'
import { componentSchemas, schemaOf, type JsonSchema } from './schema-of.ts'

export interface DocumentedParameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required: boolean
  readonly description: string
  readonly schema: JsonSchema
  readonly style?: 'form'
  readonly explode?: boolean
}

type Content = Readonly<Record<string, { readonly schema: JsonSchema }>>

export interface DocumentedAnswer {
  readonly description: string
  readonly headers: Readonly<Record<string, object>>
  readonly content?: Content
}

interface Server {
  readonly url: string
  readonly description: string
}

export interface Operation {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly summary: string
  readonly description: string
  /** Where it is answered, if not by this server alone. */
  readonly servers?: readonly Server[]
  /** Left out where it takes the API token; empty where it needs none. */
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[]
  readonly parameters: readonly DocumentedParameter[]
  readonly requestBody?: { readonly required: true; readonly content: Content }
  readonly responses: Readonly<Record<string, DocumentedAnswer>>
}

export interface OpenApiDocument {
  readonly openapi: '3.1.1'
  readonly info: {
    readonly title: string
    readonly version: string
    readonly description: string
    readonly license: object
  }
  readonly servers: readonly Server[]
  readonly security: readonly object[]
  readonly tags: readonly { readonly name: string; readonly description: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: {
    readonly securitySchemes: object
    readonly headers: object
    readonly schemas: Readonly<Record<string, JsonSchema>>
  }
}

const description = `Who changed what, and when, in every Kubernetes cluster.

Times are RFC 3339 in UTC with microseconds. Lists come in pages: while \`has_more\` is true, send \`next_cursor\` alone to the same path. Unknown parameters are errors. Answers grow by new fields only, so take no notice of those that you do not know. The request line and headers may have ${headerBytesMax} bytes together; longer queries are posted to \`/v1/events/search\`.

API servers post to \`${ingestPath}\` of the receiver, on a port of its own.`

const thisServer: Server = { url: '/', description: 'This server.' }

/** Of every process that is not the API, for machines that watch it. */
const operationsServer: Server = {
  url: 'http://127.0.0.1:7719',
  description: 'Each other process: PLAINTRAIL_OPERATIONS_HOST and PLAINTRAIL_OPERATIONS_PORT.',
}

export function openApiDocument(table: readonly ApiRoute[], version: string): OpenApiDocument {
  const used = new Set(table.map(({ tag }) => tag))
  return {
    openapi: '3.1.1',
    info: { title: 'Plaintrail', version, description, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [thisServer],
    security: [{ token: [] }],
    tags: [
      ...Object.entries(tags)
        .filter(([name]) => [...used].some((tag) => tag === name))
        .map(([name, about]) => ({ name, description: about })),
      ingestTag,
    ],
    paths: {
      ...Object.fromEntries(
        [...Map.groupBy(table, ({ path }) => path)].map(([path, routes]) => [
          path,
          Object.fromEntries(routes.map((one) => [one.method, operation(one)])),
        ]),
      ),
      [ingestPath]: { post: ingestOperation },
    },
    components: {
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'An API token: `ptr_…`. The first one is in the file admin-token; POST /v1/tokens makes others.',
        },
        ...ingestSecuritySchemes,
      },
      headers: Object.fromEntries(
        Object.entries(headersOfAll).map(([name, about]) => [
          name,
          { description: about, schema: { type: 'string' as const } },
        ]),
      ),
      schemas: componentSchemas(),
    },
  }
}

const headersOfAll = {
  'X-Request-Id': 'Yours, where you sent a plain one; it stands in the log.',
  'Plaintrail-Version': 'Which version answered.',
  'RateLimit-Policy': '`"caller";q=…;w=60`: how often one caller may ask (draft-ietf-httpapi-ratelimit-headers).',
  RateLimit: '`"caller";r=…;t=…`: requests that are left, and seconds until there are more (the same draft).',
  'Retry-After': 'Seconds to wait before asking again (RFC 9110 section 10.2.3).',
} as const

type HeaderOfAll = keyof typeof headersOfAll

function operation(route: ApiRoute): Operation {
  return {
    operationId: operationId(route),
    tags: [route.tag],
    summary: route.summary,
    description: route.description,
    ...(route.rate === 'unlimited' ? { servers: [thisServer, operationsServer] } : {}),
    ...(route.access === 'anyone' ? { security: [] } : {}),
    parameters: [...pathParameters(route), ...queryParameters(route), ...headerParameters(route)],
    ...(route.body === null
      ? {}
      : { requestBody: { required: true, content: bodyContent(route.textTypes ?? ['application/json'], route.body) } }),
    responses: {
      ...Object.fromEntries(Object.entries(route.answers).map(([status, answer]) => [status, answerOf(route, answer)])),
      ...problemAnswers(route),
    },
  }
}

function bodyContent(types: readonly string[], body: z.ZodType): Content {
  return Object.fromEntries(types.map((type) => [type, { schema: schemaOf(body) }]))
}

function pathParameters({ path, inPath = {} }: ApiRoute): readonly DocumentedParameter[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    description: inPath[name] ?? '',
    schema: { type: 'string' },
  }))
}

function queryParameters({ query }: ApiRoute): readonly DocumentedParameter[] {
  return Object.entries(query).map(([name, schema]) => {
    const { description: about = '', ...json } = schemaOf(schema)
    return {
      name,
      in: 'query',
      required: !schema.safeParse(undefined).success,
      description: about,
      schema: json,
      ...(json.type === 'array' ? { style: 'form', explode: false } : {}),
    }
  })
}

function headerParameters({ method, answers, keepsAnswer, inHeaders = {} }: ApiRoute): readonly DocumentedParameter[] {
  const isTagged =
    method === 'get' && Object.values(answers).some(({ headers }) => headers !== undefined && 'ETag' in headers)
  return [
    ...Object.entries(inHeaders).map(([name, about]) => header(name, about)),
    ...(isTagged ? [header('If-None-Match', 'ETags that you have; 304 where one of them still holds.')] : []),
    ...(keepsAnswer === true
      ? [
          header(
            'Idempotency-Key',
            'Of your choice, at most 255 characters: within 24 hours the same key with the same body has the same answer, and nothing is done twice. One exception: where the server died before it kept its answer, the same key does the work again from 60 s later on, though it may have been done.',
            { maxLength: 255 },
          ),
        ]
      : []),
  ]
}

function header(name: string, about: string, bounds: { readonly maxLength?: number } = {}): DocumentedParameter {
  return { name, in: 'header', required: false, description: about, schema: { type: 'string', ...bounds } }
}

function answerOf(route: ApiRoute, { description: about, content, headers = {} }: Answer): DocumentedAnswer {
  return {
    description: about,
    headers: {
      ...headerRefs(route, ['X-Request-Id', 'Plaintrail-Version']),
      ...Object.fromEntries(
        Object.entries(headers).map(([name, text]) => [name, { description: text, schema: { type: 'string' } }]),
      ),
    },
    ...(content === undefined
      ? {}
      : {
          content: Object.fromEntries(
            Object.entries(content).map(([type, schema]) => [type, { schema: schemaOf(schema) }]),
          ),
        }),
  }
}

function headerRefs({ rate }: ApiRoute, names: readonly HeaderOfAll[]): Readonly<Record<string, object>> {
  const all: readonly HeaderOfAll[] = rate === 'unlimited' ? names : [...names, 'RateLimit-Policy', 'RateLimit']
  return Object.fromEntries(all.map((name) => [name, { $ref: `#/components/headers/${name}` }]))
}

/** By status, and what each of its codes means. */
function problemAnswers(route: ApiRoute): Readonly<Record<string, DocumentedAnswer>> {
  const codes = new Set<ProblemCode>([...codesOfAll(route), ...(route.problems ?? [])])
  const byStatus = Map.groupBy(codes, (code) => problemCodes[code][0])
  return Object.fromEntries(
    [...byStatus]
      .filter(([status]) => !(status in route.answers))
      .map(([status, ofStatus]) => [
        status,
        {
          description: ofStatus.map((code) => `\`${code}\`: ${problemCodes[code][1]}`).join(' '),
          headers: headerRefs(
            route,
            status === 429 || status === 503
              ? ['X-Request-Id', 'Plaintrail-Version', 'Retry-After']
              : ['X-Request-Id', 'Plaintrail-Version'],
          ),
          content: { 'application/problem+json': { schema: schemaOf(problemSchema) } },
        },
      ]),
  )
}

function codesOfAll({ access, rate, keepsAnswer }: ApiRoute): readonly ProblemCode[] {
  return [
    'bad_request',
    ...(rate === 'unlimited' ? [] : (['query_syntax'] as const)),
    ...(access === 'anyone' ? [] : (['auth_required', 'forbidden', 'dependency_unavailable'] as const)),
    ...(keepsAnswer === true ? (['conflict', 'idempotency_mismatch'] as const) : []),
    ...(rate === 'unlimited' ? [] : (['rate_limited'] as const)),
    'internal',
  ]
}
