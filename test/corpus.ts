// corpusOf: what a real API server posted during the week of test/lab/week, byte for byte, and what was really done.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { PlayedStep } from './lab/play.ts'

export interface Corpus {
  /** Of Kubernetes: `1.37.2`. */
  readonly version: string
  /** EventLists as they were posted, in that order. */
  readonly lists: readonly string[]
  readonly steps: readonly PlayedStep[]
  /** What was expected and answered when it was recorded: report.ts. */
  readonly answers: string
}

export const corpusFolder = join(import.meta.dirname, 'corpus')

/** The versions that are recorded, oldest first. */
export function corpusVersions(): readonly string[] {
  return readdirSync(corpusFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
}

export function corpusOf(version: string): Corpus {
  const read = (file: string): Buffer => readFileSync(join(corpusFolder, version, file))
  // The API server ends each body with a line feed and has none within it (encoding/json).
  const lists = gunzipSync(read('week.jsonl.gz')).toString().split('\n')
  return {
    version,
    lists: lists.filter((list) => list !== ''),
    steps: JSON.parse(read('steps.json').toString()) as readonly PlayedStep[],
    answers: read('answers.md').toString(),
  }
}
