// Why the Postgres that comes with Plaintrail cannot be used, and how to mend it.

export class PostgresUnavailable extends Error {
  override name = 'PostgresUnavailable'
  readonly code: 'postgres_missing' | 'postgres_place' | 'postgres_version' | 'postgres_start'

  constructor(code: PostgresUnavailable['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** The `code` of a system error (`ENOENT`), of a pg error (SQLSTATE), or undefined. */
export const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined)

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
