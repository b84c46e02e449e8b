// The routes of tokens, as data.

import { json, route, type ApiRoute } from '../route.ts'
import { addedTokenSchema, newTokenSchema, tokenPageSchema, tokenSchema } from '../schemas/token-schemas.ts'
import { deleteToken, getToken, getTokens, postTokens } from './get-tokens.ts'

export const tokenRoutes: readonly ApiRoute[] = [
  route({
    method: 'get',
    path: '/v1/tokens',
    tag: 'tokens',
    summary: 'The tokens that hold',
    description: 'All in one page, by name. Neither their texts nor digests of these are told.',
    answers: { 200: json('The tokens.', tokenPageSchema) },
    handler: getTokens,
  }),
  route({
    method: 'get',
    path: '/v1/tokens/{id}',
    tag: 'tokens',
    summary: 'One token, also one that holds no more',
    description: '`current` is the one that you ask with.',
    inPath: { id: 'The id of a token, or `current`.' },
    answers: { 200: json('The token.', tokenSchema) },
    problems: ['not_found'],
    handler: getToken,
  }),
  route({
    method: 'post',
    path: '/v1/tokens',
    tag: 'tokens',
    summary: 'Add a token for somebody, and get its text',
    description:
      'Its text is shown this once; who sent an Idempotency-Key sees the same answer again for 24 hours. All tokens are of administrators so far.',
    body: newTokenSchema,
    keepsAnswer: true,
    answers: { 201: json('The token was added.', addedTokenSchema, { Location: 'The path of the token.' }) },
    problems: ['bad_request', 'conflict', 'payload_too_large', 'unprocessable'],
    handler: postTokens,
  }),
  route({
    method: 'delete',
    path: '/v1/tokens/{id}',
    tag: 'tokens',
    summary: 'Revoke a token',
    description:
      'Within 10 seconds nobody is let in by it. Of one that was revoked before nothing is done. Your own may be revoked, too.',
    inPath: { id: 'The id of a token, or `current`.' },
    answers: { 200: json('It is revoked.', tokenSchema) },
    problems: ['not_found'],
    handler: deleteToken,
  }),
]
