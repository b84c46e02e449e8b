// exportManifest: what an export is, as one text that proves its parts, and itself by its digest.

import { createHash } from 'node:crypto'
import { schemaOf, partName, type ExportFormat } from './export-format.ts'

export interface ManifestFacts {
  readonly id: string
  /** Times are RFC 3339. */
  readonly created: string
  readonly finished: string
  readonly maker: string
  /** In its normal form. */
  readonly query: string
  readonly window: { readonly since: string; readonly until: string }
  readonly snapshot: {
    readonly taken: string
    /** False where there were too many lanes to number each: then later events may be among them. */
    readonly isExact: boolean
    /** How far each lane was stored, as packages/query/snapshot.ts writes it. */
    readonly watermark: string
  }
  readonly gaps: readonly object[]
  readonly format: ExportFormat
  readonly withRaw: boolean
  readonly parts: readonly {
    readonly number: number
    readonly rows: number
    readonly bytes: number
    /** In hex. */
    readonly sha256: string
  }[]
  /** Of Plaintrail. */
  readonly version: string
}

/** Raised when a field changes its meaning. */
const manifestVersion = 1

/** Canonical JSON (RFC 8785); its `sha256` is over the canonical JSON of all the other fields. */
export function exportManifest(facts: ManifestFacts): string {
  const { id, format, withRaw, gaps, parts, snapshot } = facts
  const manifest = {
    manifest: 'plaintrail export',
    version: manifestVersion,
    id,
    created_at: facts.created,
    finished_at: facts.finished,
    maker: facts.maker,
    query: facts.query,
    window: facts.window,
    snapshot: { taken_at: snapshot.taken, exact: snapshot.isExact, watermark: snapshot.watermark },
    coverage: { complete: gaps.length === 0, gaps },
    format,
    include_raw: withRaw,
    schema: schemaOf(format, withRaw),
    rows: parts.reduce((sum, { rows }) => sum + rows, 0),
    bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    parts: parts.map((part) => ({ name: partName(id, part.number, format), ...part })),
    tool: { name: 'plaintrail', version: facts.version },
  }
  const sha256 = createHash('sha256').update(canonicalJson(manifest)).digest('hex')
  return canonicalJson({ ...manifest, sha256 })
}

/** Of what JSON can hold: no white space, and the members of an object in the order of their names' UTF-16 units. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, field]) => `${JSON.stringify(name)}:${canonicalJson(field)}`)
  return `{${members.join(',')}}`
}
