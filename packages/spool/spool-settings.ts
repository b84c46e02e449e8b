// spoolSettings: where and how much the receiver keeps while its log cannot be reached.

import { bytes, duration, path } from '@plaintrail/runtime/config'

export const spoolSettings = {
  spoolFolder: {
    env: 'PLAINTRAIL_SPOOL',
    parse: path,
    default: null,
    describe:
      'Folder on a persistent volume for posts that come while Kafka is not available; without it, such posts are answered 503.',
  },
  spoolBytesMax: {
    env: 'PLAINTRAIL_SPOOL_BYTES_MAX',
    parse: bytes,
    default: '8GiB',
    describe: 'Disk that the spool may take; above it, posts are answered 503.',
  },
  spoolAgeMsMax: {
    env: 'PLAINTRAIL_SPOOL_AGE_MAX',
    parse: duration,
    default: '24h',
    describe: 'Age of the oldest post in the spool above which posts are answered 503 and the process is not ready.',
  },
} as const
