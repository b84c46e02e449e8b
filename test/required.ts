// Which outside services a run of the tests must have: PLAINTRAIL_REQUIRE=postgres,redis,kafka in CI, where a missing one
// is a failure; elsewhere the tests that need it are skipped, and say so.

export type OutsideService = 'postgres' | 'redis' | 'kafka'

/** Throws where the service is required; otherwise says on standard error that its tests are skipped, and returns null. */
export function missing(service: OutsideService, reason: string): null {
  const required = (process.env['PLAINTRAIL_REQUIRE'] ?? '').split(',').map((name) => name.trim())
  if (required.includes(service)) {
    throw new Error(`PLAINTRAIL_REQUIRE names ${service}, and it cannot be had here: ${reason}`)
  }
  console.error(`SKIPPED: the tests that need ${service}: ${reason}`)
  return null
}
