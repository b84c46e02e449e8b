// parseNetwork: an address or a network in CIDR notation as one canonical text, `10.0.0.0/8` or `2001:db8::/32`.

/**
 * Null for anything else. Bits beyond the prefix are dropped, and a prefix of full length is left out. An IPv4 address
 * within IPv6 (`::ffff:10.0.0.1`) is the IPv4 address, as Go writes it (net/netip Unmap).
 */
export function parseNetwork(text: string): string | null {
  const [address = '', prefixText, ...more] = text.split('/', 3)
  const bytes = parseIpv4(address) ?? parseIpv6(address)
  if (bytes === null || more.length > 0) return null
  const bits = bytes.length * 8
  if (prefixText !== undefined && !/^(?:0|[1-9]\d{0,2})$/.test(prefixText)) return null
  const prefix = prefixText === undefined ? bits : Number(prefixText)
  if (prefix > bits) return null
  const isMapped = bits === 128 && prefix >= mappedBits && mapped.every((byte, at) => bytes[at] === byte)
  return isMapped ? formatNetwork(bytes.slice(mapped.length), prefix - mappedBits) : formatNetwork(bytes, prefix)
}

type Bytes = readonly number[]

const mapped: Bytes = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]
const mappedBits = 8 * mapped.length
const groupsOfIpv6 = 8

/** Four decimal numbers without leading zeros, which some readers take for octal. */
function parseIpv4(text: string): Bytes | null {
  const written = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)
  if (written === null) return null
  const parts = written.slice(1)
  const isPlain = parts.every((part) => Number(part) <= 255 && String(Number(part)) === part)
  return isPlain ? parts.map(Number) : null
}

/** Of RFC 4291, without a zone. */
function parseIpv6(text: string): Bytes | null {
  const [headText = '', tailText, ...more] = text.split('::', 3)
  if (more.length > 0) return null
  const [head, tail] = [parseGroups(headText, tailText === undefined), parseGroups(tailText ?? '', true)]
  if (head === null || tail === null) return null
  const missing = 2 * groupsOfIpv6 - head.length - tail.length
  if (tailText === undefined ? missing !== 0 : missing < 2) return null
  return [...head, ...Array.from({ length: missing }, () => 0), ...tail]
}

/** Only the last group of all may be an IPv4 address. */
function parseGroups(text: string, isLast: boolean): Bytes | null {
  if (text === '') return []
  const bytes: number[] = []
  const groups = text.split(':', groupsOfIpv6 + 1)
  for (const [at, group] of groups.entries()) {
    const ipv4 = isLast && at === groups.length - 1 ? parseIpv4(group) : null
    if (ipv4 !== null) bytes.push(...ipv4)
    else if (/^[0-9A-Fa-f]{1,4}$/.test(group))
      bytes.push(Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255)
    else return null
  }
  return bytes
}

function formatNetwork(bytes: Bytes, prefix: number): string {
  const masked = bytes.map((byte, at) => byte & (0xff << (8 - Math.min(8, Math.max(0, prefix - 8 * at)))) & 0xff)
  const address = masked.length === 4 ? masked.join('.') : formatIpv6(masked)
  return prefix === 8 * bytes.length ? address : `${address}/${prefix}`
}

/** RFC 5952: small letters, no leading zeros, the longest run of zero groups (two or more, the first of equals) as `::`. */
function formatIpv6(bytes: Bytes): string {
  const groups = Array.from({ length: groupsOfIpv6 }, (_, at) =>
    (((bytes[2 * at] ?? 0) << 8) | (bytes[2 * at + 1] ?? 0)).toString(16),
  )
  const text = groups.join(':')
  const [longest = ''] = [...text.matchAll(/\b0(?::0)+\b/g)].map(([run]) => run).toSorted((a, b) => b.length - a.length)
  return longest === '' ? text : text.replace(new RegExp(String.raw`:?\b${longest}\b:?`), '::')
}
