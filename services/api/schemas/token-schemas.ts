// Tokens: those that hold, one of them, and the answer to a new one.

import { isTokenName } from '@plaintrail/store/api-tokens'
import * as z from 'zod'
import { pageSchema } from './page-schemas.ts'
import { microTimeSchema } from './value-schemas.ts'

const tokenFields = {
  id: z.uuid().describe('Never changes, and never becomes that of another, as a name may.'),
  name: z.string().describe('Who asks with it, as it stands in the trail.'),
  created_at: microTimeSchema.describe('When it was added.'),
  created_by: z
    .string()
    .nullable()
    .describe('The name of the token that added it; null of the one that the installation made for itself.'),
  expires_at: microTimeSchema.nullable().describe('From then on it is not known; null for never.'),
  last_used_at: microTimeSchema.nullable().describe('Right to about a minute; null where it never was.'),
  revoked_at: microTimeSchema.nullable().describe('When it was revoked; null where it was not.'),
  current: z.boolean().describe('Whether it is the one that you ask with.'),
}

export const tokenSchema = z
  .object(tokenFields)
  .meta({ id: 'Token', description: 'By what somebody asks, without its text.' })

export const tokenPageSchema = pageSchema('TokenPage', tokenSchema)

export const newTokenSchema = z
  .strictObject({
    name: z
      .string()
      .trim()
      .refine(isTokenName, {
        message:
          'the name of a token is 1 to 63 small letters, digits and . @ _ + - with a letter or digit at both ends; not an id, and not admin or plaintrail or what looks like these',
      })
      .meta({
        description:
          'Who asks with it: 1 to 63 small letters, digits and `. @ _ + -` with a letter or digit at both ends; not an id, and not `admin` or `plaintrail` or what looks like these (`adm1n`). White space around it is left out. Of the tokens that hold only one has a name.',
        examples: ['alice@acme.io'],
      }),
    expires_at: z.iso
      .datetime({ offset: true, error: 'it is no time of RFC 3339' })
      .nullable()
      .optional()
      .describe('From then on it is not known; never unless you say.'),
  })
  .meta({ id: 'NewToken', description: 'A token to add.' })

export type NewTokenBody = z.output<typeof newTokenSchema>

export const addedTokenSchema = z
  .object({ ...tokenFields, token: z.string().describe('Its text, shown this once: `ptr_…`.') })
  .meta({ id: 'AddedToken', description: 'A token with its text, which is shown this once.' })
