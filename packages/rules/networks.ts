// isInOne: whether an address is in one of the networks of a query.

import { parseNetwork } from '@plaintrail/query/network'

interface Bits {
  /** 32 of IPv4, also where it stands within IPv6, and 128 of IPv6. */
  readonly width: 32 | 128
  readonly bits: bigint
}

/** The networks are canonical: parseNetwork made them. What is no address is in none. */
export function isInOne(networks: readonly string[]): (address: string) => boolean {
  const tests = networks.flatMap((network) => {
    const [base = '', prefix] = network.split('/')
    const parsed = bitsOf(base)
    if (parsed === null) return []
    const { width, bits } = parsed
    const shift = BigInt(width - Number(prefix ?? width))
    return [{ width, shift, wanted: bits >> shift }]
  })
  // Many events in a row come from one address, and to read it costs a microsecond.
  let [last, isIn] = ['', false]
  return (address) => {
    if (address === last) return isIn
    const own = bitsOf(address)
    last = address
    isIn = own !== null && tests.some(({ width, shift, wanted }) => own.width === width && own.bits >> shift === wanted)
    return isIn
  }
}

function bitsOf(text: string): Bits | null {
  const address = parseNetwork(text)
  if (address === null) return null
  if (!address.includes(':')) return { width: 32, bits: numberOf(address.split('.').map(Number), 8n) }
  const [head = '', tail] = address.split('::')
  const groups = (part: string): readonly number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16))
  const [first, last] = [groups(head), groups(tail ?? '')]
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => 0)
  return { width: 128, bits: numberOf([...first, ...zeros, ...last], 16n) }
}

const numberOf = (parts: readonly number[], bits: bigint): bigint =>
  parts.reduce((number, part) => (number << bits) | BigInt(part), 0n)
