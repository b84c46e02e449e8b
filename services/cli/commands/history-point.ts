// wholePoint: where in a history somebody looks, as the API reads it.

/** `2026-11-20T14:05Z`, as people shorten a time, with its seconds; anything else as it is. */
export function wholePoint<T extends string | undefined>(text: T): string | T {
  const [, minutes, zone] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d)(Z|[+-]\d\d:\d\d)$/i.exec(text ?? '') ?? []
  return minutes === undefined || zone === undefined ? text : `${minutes}:00${zone}`
}
