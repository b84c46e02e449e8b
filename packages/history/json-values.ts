// JSON values as JSON.parse gives them: what is an object, whether two are the same, members under any name.

export type JsonObject = Readonly<Record<string, unknown>>

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Its own member; undefined where there is none, whatever its prototype has. */
export function memberOf(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

/** Sets a member of its own, also one named `__proto__`. */
export function setMember(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__') {
    Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true })
  } else object[name] = value
}

/** Levels that are compared by calls, which need no memory for what is left to do. Deeper is rare. */
const callsMax = 100

/** Whether they are the same JSON, whatever the order of keys. Linear; no depth is too much for it. */
export function isSameJson(left: unknown, right: unknown): boolean {
  return isSame(left, right, callsMax)
}

function isSame(one: unknown, other: unknown, calls: number): boolean {
  if (one === other) return true
  if (calls === 0) return isSameDeeper(one, other)
  if (Array.isArray(one)) {
    if (!Array.isArray(other) || one.length !== other.length) return false
    for (let index = 0; index < one.length; index++) if (!isSame(one[index], other[index], calls - 1)) return false
    return true
  }
  if (!isJsonObject(one) || !isJsonObject(other)) return false
  let names = 0
  for (const name in one) {
    if (!Object.hasOwn(other, name) || !isSame(one[name], other[name], calls - 1)) return false
    names += 1
  }
  for (const _ in other) names -= 1
  return names === 0
}

function isSameDeeper(left: unknown, right: unknown): boolean {
  const pairs: [unknown, unknown][] = [[left, right]]
  for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) {
    const [one, other] = pair
    if (one === other) continue
    if (Array.isArray(one)) {
      if (!Array.isArray(other) || one.length !== other.length) return false
      for (let index = 0; index < one.length; index++) pairs.push([one[index], other[index]])
      continue
    }
    if (!isJsonObject(one) || !isJsonObject(other)) return false
    const names = Object.keys(one)
    if (names.length !== Object.keys(other).length) return false
    for (const name of names) {
      if (!Object.hasOwn(other, name)) return false
      pairs.push([one[name], other[name]])
    }
  }
  return true
}
