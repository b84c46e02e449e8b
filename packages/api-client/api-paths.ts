// What can be asked of the API, as types of its paths: which have a method, what they take, what they answer.
import type { paths } from './api-types.ts'

type Method = 'get' | 'post' | 'delete'

export type PathWith<M extends Method> = {
  [P in keyof paths]: paths[P] extends { readonly [K in M]: object } ? P : never
}[keyof paths]

type OperationOf<P extends keyof paths, M extends Method> = paths[P][M]

type InPathOf<O> = O extends {
  readonly parameters: { readonly path: infer InPath extends NonNullable<AnyInput['path']> }
}
  ? InPath
  : never
type QueryOf<O> = O extends { readonly parameters: { readonly query?: infer Query } } ? NonNullable<Query> : never

/** Any parameter may be left out by giving undefined; every word of the query language has a `not.` form. */
type QueryInput<Q> = { readonly [Name in keyof Q]?: Q[Name] | undefined } & {
  readonly [negated: `not.${string}`]: readonly string[] | undefined
}

interface WithQuery<Q> {
  readonly query?: [Q] extends [never] ? undefined : QueryInput<Q>
  /** Sent with a POST that makes something: done once, however often it is sent. */
  readonly idempotencyKey?: string
  readonly timeoutMs?: number
}

/** What stands after the path in a call: nothing, where nothing is needed. */
export type InputOf<P extends keyof paths, M extends Method> = [InPathOf<OperationOf<P, M>>] extends [never]
  ? readonly [input?: WithQuery<QueryOf<OperationOf<P, M>>>]
  : readonly [input: WithQuery<QueryOf<OperationOf<P, M>>> & { readonly path: InPathOf<OperationOf<P, M>> }]

/** What a call looks like to the code that sends it. */
export interface AnyInput {
  readonly path?: Readonly<Record<string, string | number>>
  readonly query?: Readonly<Record<string, unknown>> | undefined
  readonly idempotencyKey?: string
  readonly timeoutMs?: number
}

export type BodyOf<P extends keyof paths, M extends Method> =
  OperationOf<P, M> extends { readonly requestBody: { readonly content: { readonly 'application/json': infer Body } } }
    ? Body
    : undefined

type Done = 200 | 201 | 202

export type AnswerOf<P extends keyof paths, M extends Method> =
  OperationOf<P, M> extends { readonly responses: infer Responses }
    ? {
        [Status in keyof Responses & Done]: Responses[Status] extends {
          content: { readonly 'application/json': infer Answer }
        }
          ? Answer
          : never
      }[keyof Responses & Done]
    : never
