// What the bench of questions changes of the system's settings.

/** Nobody asks so much in a minute; the bench does. */
export const askEnvironment = { PLAINTRAIL_REQUESTS_PER_MINUTE: '0' } as const
