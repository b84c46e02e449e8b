import { BlockList, isIP } from 'node:net'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseNetwork } from './network.ts'

test.each([
  ['10.0.3.7', '10.0.3.7'],
  ['10.1.2.3/8', '10.0.0.0/8'],
  ['10.1.2.3/32', '10.1.2.3'],
  ['0.0.0.0/0', '0.0.0.0/0'],
  ['192.168.255.255/17', '192.168.128.0/17'],
  ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['2001:db8::ff/33', '2001:db8::/33'],
  ['::', '::'],
  ['::1', '::1'],
  ['1::', '1::'],
  ['::/0', '::/0'],
  ['1:0:2:0:0:3:0:0', '1:0:2::3:0:0'],
  ['1:2:3:4:5:6:0:8', '1:2:3:4:5:6:0:8'],
  ['10:0:0:1::', '10:0:0:1::'],
  ['100::10:0:0', '100::10:0:0'],
  ['::ffff:10.1.2.3', '10.1.2.3'],
  ['::ffff:10.1.2.3/104', '10.0.0.0/8'],
  ['::ffff:0:0/90', '::ffc0:0:0/90'],
])('%s is %s', (text, network) => expect(parseNetwork(text)).toBe(network))

test.each([
  '',
  '10',
  '10.0.0',
  '010.0.0.1',
  '10.0.0.256',
  '10.0.0.1/33',
  '10.0.0.1/',
  '10.0.0.1/08',
  '1/2/3',
  ':::',
  '1::2::3',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7::8',
  '::g',
  'fe80::1%eth0',
  '::/129',
  'x/8',
  '10.0.0.1:80',
])('"%s" is none', (text) => expect(parseNetwork(text)).toBeNull())

const ipv6Like = fc
  .array(fc.constantFrom('0', '0', '1', 'ffff', 'ab', ':', '::', ':', '10.1.2.3', '/'), { maxLength: 18 })
  .map((parts) => parts.join(''))

test('an address is one exactly where Node says so', () => {
  const groups = fc.array(fc.constantFrom('0', '1', 'ffff', '', '1.2.3.4'), { minLength: 2, maxLength: 9 })
  fc.assert(
    fc.property(
      fc.oneof(
        fc.ipV4(),
        fc.ipV6(),
        ipv6Like,
        groups.map((all) => all.join(':')),
      ),
      (text) => {
        fc.pre(!text.includes('/'))
        expect(parseNetwork(text) !== null).toBe(isIP(text) !== 0)
      },
    ),
    { numRuns: 2_000 },
  )
})

test('what is written back is the same network, and as short as it can be', () => {
  const asked = fc.oneof(fc.tuple(fc.ipV4(), fc.nat(32)), fc.tuple(fc.ipV6(), fc.nat(128)))
  fc.assert(
    fc.property(asked, ([address, prefix]) => {
      const network = parseNetwork(`${address}/${prefix}`) ?? ''
      expect(parseNetwork(network)).toBe(network)
      const [first = '', length] = network.split('/')
      const family = address.includes(':') ? 'ipv6' : 'ipv4'
      // Within ::ffff:0:0/96 Node compares as we do: with the IPv4 address.
      fc.pre(isIP(first) === (family === 'ipv6' ? 6 : 4))
      const list = new BlockList()
      list.addSubnet(first, length === undefined ? (family === 'ipv6' ? 128 : 32) : Number(length), family)
      expect(list.check(address, family)).toBe(true)
      if (family === 'ipv6') expect(new URL(`http://[${first}]`).hostname).toBe(`[${first}]`)
    }),
    { numRuns: 1_000 },
  )
})
