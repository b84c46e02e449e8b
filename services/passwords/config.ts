// The settings of passwords: where they go, who may read them, and where the servers are.

import { integer, path, url, type Config } from '@plaintrail/runtime/config'

const groupIdMax = 2 ** 31 - 1

export const passwordsSettings = {
  folder: {
    env: 'PLAINTRAIL_PASSWORDS',
    parse: path,
    default: '/run/plaintrail',
    describe: 'Folder that the passwords are written into, and kept in: a volume.',
  },
  groupId: {
    env: 'PLAINTRAIL_PASSWORDS_GROUP',
    parse: integer(0, groupIdMax),
    default: null,
    describe:
      'Number of the group that may read them, one of the process itself; without it, the group that the process runs as.',
  },
  databaseUrl: {
    env: 'PLAINTRAIL_PASSWORDS_DATABASE_URL',
    parse: withoutPassword,
    default: 'postgresql://plaintrail@postgres:5432/plaintrail',
    // So that one with a password in it is refused without being shown.
    secret: true,
    describe: 'URL of Postgres without its password.',
  },
  redisUrl: {
    env: 'PLAINTRAIL_PASSWORDS_REDIS_URL',
    parse: withoutPassword,
    default: 'redis://redis:6379',
    secret: true,
    describe: 'URL of Redis without its password.',
  },
} as const

export type PasswordsConfig = Config<typeof passwordsSettings>

/** A password in a setting would be one that somebody chose. */
function withoutPassword(value: string): URL {
  const parsed = url(value)
  if (parsed.hostname === '' || parsed.password !== '') throw new Error('must be a URL with a host and no password')
  return parsed
}
