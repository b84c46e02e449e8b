// Addresses and networks, as Kubernetes has them: no zones, no IPv4 inside of IPv6.

import { Comparable } from './compare.ts'
import { notA } from './library-conversions.ts'
import { method, plain, type Overload } from './overload.ts'
import type { Value } from './value.ts'

interface Address {
  readonly family: 4 | 6
  readonly bits: bigint
}

const widthOf = (family: 4 | 6): number => (family === 4 ? 32 : 128)

class CelIp extends Comparable {
  readonly kind = 'ip'
  readonly address: Address
  constructor(address: Address) {
    super()
    this.address = address
  }

  compare(other: CelIp): number | undefined {
    return this.address.family === other.address.family && this.address.bits === other.address.bits ? 0 : undefined
  }
}

class CelCidr extends Comparable {
  readonly kind = 'cidr'
  readonly address: Address
  readonly length: number
  constructor(address: Address, length: number) {
    super()
    this.address = address
    this.length = length
  }

  compare(other: CelCidr): number | undefined {
    const isSame = this.length === other.length && new CelIp(this.address).compare(new CelIp(other.address)) === 0
    return isSame ? 0 : undefined
  }

  holds({ family, bits }: Address): boolean {
    const shift = BigInt(widthOf(family) - this.length)
    return family === this.address.family && bits >> shift === this.address.bits >> shift
  }
}

function parseIp(text: string): Address | undefined {
  if (text.length > 45) return undefined
  if (!text.includes(':')) {
    const parts = text.split('.')
    if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256))
      return undefined
    return { family: 4, bits: parts.reduce((bits, part) => (bits << 8n) | BigInt(part), 0n) }
  }
  const [head = '', tail, ...more] = text.split('::')
  if (more.length > 0) return undefined
  const front = head === '' ? [] : head.split(':')
  const back = tail === undefined || tail === '' ? [] : tail.split(':')
  const missing = 8 - front.length - back.length
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined
  const groups = [...front, ...Array.from({ length: Math.max(0, missing) }, () => '0'), ...back]
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined
  const bits = groups.reduce((all, group) => (all << 16n) | BigInt(`0x${group}`), 0n)
  return bits >> 32n === 0xffffn ? undefined : { family: 6, bits }
}

/** The form of RFC 5952: the longest run of zeros, the first of several, is left out. */
function formatIp({ family, bits }: Address): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 255n).join('.')
  const groups = Array.from({ length: 8 }, (_, at) => ((bits >> BigInt(112 - 16 * at)) & 0xffffn).toString(16))
  let best = { from: 0, length: 1 }
  for (let from = 0; from < 8; from += 1) {
    let length = 0
    while (groups[from + length] === '0') length += 1
    if (length > best.length) best = { from, length }
  }
  if (best.length < 2) return groups.join(':')
  return `${groups.slice(0, best.from).join(':')}::${groups.slice(best.from + best.length).join(':')}`
}

function parseCidr(text: string): CelCidr | undefined {
  const [, ip = '', length = ''] = /^([^/]*)\/(0|[1-9]\d{0,2})$/.exec(text) ?? []
  const address = parseIp(ip)
  if (address === undefined || Number(length) > widthOf(address.family)) return undefined
  return new CelCidr(address, Number(length))
}

const ipOf = (value: Value): Address => (value as CelIp).address
const cidrOf = (value: Value): CelCidr => value as CelCidr

/** Whether an address lies in one of some networks. */
function lies(address: Address, ...networks: readonly string[]): boolean {
  return networks.some((network) => parseCidr(network)?.holds(address) === true)
}

const isUnspecified = ({ bits }: Address): boolean => bits === 0n
const isLoopback = (address: Address): boolean => lies(address, '127.0.0.0/8', '::1/128')
const isLinkLocal = (address: Address): boolean => lies(address, '169.254.0.0/16', 'fe80::/10')
const isMulticast = (address: Address): boolean => lies(address, '224.0.0.0/4', 'ff00::/8')
const isGlobal = (address: Address): boolean =>
  !isUnspecified(address) &&
  !isLoopback(address) &&
  !isLinkLocal(address) &&
  !isMulticast(address) &&
  !lies(address, '255.255.255.255/32')

const asked: Readonly<Record<string, (address: Address) => boolean>> = {
  isUnspecified,
  isLoopback,
  isLinkLocalUnicast: isLinkLocal,
  // Of IPv6 the scope is in the second byte's last four bits, whatever its flags.
  isLinkLocalMulticast: (address) =>
    lies(address, '224.0.0.0/24') || (lies(address, 'ff00::/8') && ((address.bits >> 112n) & 15n) === 2n),
  isGlobalUnicast: isGlobal,
}

export const networks: readonly Overload[] = [
  plain<[string]>('ip', ['string'], 'ip', ([text]) => {
    const address = parseIp(text)
    return address === undefined ? notA('an IP address', text) : new CelIp(address)
  }),
  plain<[string]>('isIP', ['string'], 'bool', ([text]) => parseIp(text) !== undefined),
  plain<[string]>('ip.isCanonical', ['string'], 'bool', ([text]) => {
    const address = parseIp(text)
    return address === undefined ? notA('an IP address', text) : formatIp(address) === text
  }),
  plain<[Value]>('string', ['ip'], 'string', ([own]) => formatIp(ipOf(own))),
  method<[Value]>('family', ['ip'], 'int', ([own]) => ipOf(own).family),
  ...Object.entries(asked).map(([name, holds]) => method<[Value]>(name, ['ip'], 'bool', ([own]) => holds(ipOf(own)))),
  plain<[string]>('cidr', ['string'], 'cidr', ([text]) => parseCidr(text) ?? notA('a network', text)),
  plain<[string]>('isCIDR', ['string'], 'bool', ([text]) => parseCidr(text) !== undefined),
  plain<[Value]>('string', ['cidr'], 'string', ([own]) => `${formatIp(cidrOf(own).address)}/${cidrOf(own).length}`),
  method<[Value]>('ip', ['cidr'], 'ip', ([own]) => new CelIp(cidrOf(own).address)),
  method<[Value]>('prefixLength', ['cidr'], 'int', ([own]) => cidrOf(own).length),
  method<[Value]>('masked', ['cidr'], 'cidr', ([own]) => {
    const { address, length } = cidrOf(own)
    const shift = BigInt(widthOf(address.family) - length)
    return new CelCidr({ family: address.family, bits: (address.bits >> shift) << shift }, length)
  }),
  method<[Value, Value]>('containsIP', ['cidr', 'ip'], 'bool', ([own, ip]) => cidrOf(own).holds(ipOf(ip))),
  method<[Value, string]>('containsIP', ['cidr', 'string'], 'bool', ([own, text]) => {
    const address = parseIp(text)
    return address === undefined ? notA('an IP address', text) : cidrOf(own).holds(address)
  }),
  method<[Value, Value]>('containsCIDR', ['cidr', 'cidr'], 'bool', ([own, other]) =>
    holdsAll(cidrOf(own), cidrOf(other)),
  ),
  method<[Value, string]>('containsCIDR', ['cidr', 'string'], 'bool', ([own, text]) => {
    const other = parseCidr(text)
    return other === undefined ? notA('a network', text) : holdsAll(cidrOf(own), other)
  }),
]

const holdsAll = (own: CelCidr, other: CelCidr): boolean => other.length >= own.length && own.holds(other.address)
