// The jobrunner's settings: those of its work, and those of a process of its own.

import { bytes, duration, integer, text, url, type Config } from '@plaintrail/runtime/config'
import { databaseSettings } from '@plaintrail/store/database-settings'

export const jobrunnerSettings = {
  retentionDays: {
    env: 'PLAINTRAIL_RETENTION_DAYS',
    parse: integer(1, 36_500),
    default: '400',
    describe:
      'Whole days of events that are kept; 400 covers the twelve months that PCI DSS 10.5.1 asks for, with a margin.',
  },
  silentAfterMs: {
    env: 'PLAINTRAIL_SILENT_AFTER',
    parse: duration,
    default: '15m',
    describe:
      'A cluster that sends nothing for longer than this has a gap from its last post to its next; API servers that work post every few seconds.',
  },
  exportDays: {
    env: 'PLAINTRAIL_EXPORT_DAYS',
    parse: integer(1, 3_650),
    default: '7',
    describe:
      'Whole days that the files of an export are kept from its end on; also one that did not end by then goes.',
  },
  exportBytesMax: {
    env: 'PLAINTRAIL_EXPORT_BYTES_MAX',
    parse: bytes,
    default: '10GiB',
    describe: 'What the files of all exports may take in Postgres; an export whose next file is too much fails.',
  },
} as const

export type JobrunnerConfig = Config<typeof jobrunnerSettings>

export const redisSettings = {
  redisUrl: {
    env: 'PLAINTRAIL_REDIS_URL',
    parse: url,
    default: null,
    required: true,
    secret: true,
    describe:
      'Redis 6.2 or later for the job queue, with maxmemory-policy noeviction: redis://host:6379 or rediss://….',
  },
  redisPrefix: {
    env: 'PLAINTRAIL_REDIS_PREFIX',
    parse: text,
    default: 'plaintrail',
    describe: 'With what every key in Redis begins, where several installations share one.',
  },
} as const

/** Of a process of its own, beside what every process has. */
export const jobrunnerProcessSettings = { ...databaseSettings, ...redisSettings, ...jobrunnerSettings } as const
