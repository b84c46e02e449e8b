// Where Postgres is, for a process that has none of its own.

import { text } from '@plaintrail/runtime/config'

export const databaseSettings = {
  databaseUrl: {
    env: 'DATABASE_URL',
    parse: text,
    default: null,
    required: true,
    secret: true,
    describe: 'Postgres, 15 or later: postgresql://user:password@host/database.',
  },
} as const
