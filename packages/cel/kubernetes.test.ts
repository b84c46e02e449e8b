import { expect, test } from 'vitest'
import { valueOf } from './cel-for-tests.ts'

function expectTrue(...texts: readonly string[]): void {
  for (const text of texts) expect(valueOf(text), text).toBe(true)
}

function expectErrors(...texts: readonly string[]): void {
  for (const text of texts) expect(valueOf(text), text).toMatchObject({ kind: 'error' })
}

test('quantities are compared by value, whatever they are written with', () => {
  expectTrue(
    'quantity("500m") == quantity("0.5")',
    'quantity("1Gi") == quantity("1024Mi") && quantity("1e3") == quantity("1k")',
    'quantity("1.5Gi").isGreaterThan(quantity("1Gi")) && quantity("1M").isLessThan(quantity("1Mi"))',
    'quantity("1").compareTo(quantity("2")) == -1 && quantity("-1").sign() == -1',
    'quantity("50k").add(20) == quantity("50020") && quantity("50k").sub(quantity("1k")) == quantity("49k")',
    'quantity("50000000G").isInteger() && !quantity("1500m").isInteger() && !quantity("9999999999999999999999999999G").isInteger()',
    'quantity("50k").asInteger() == 50000 && quantity("50.703k").asApproximateFloat() == 50703.0',
    'isQuantity("1.3Gi") && isQuantity("-.5") && !isQuantity("1.3gi") && !isQuantity("20 Mo") && !isQuantity("")',
    'type(quantity("1")) == kubernetes.Quantity && quantity("0.1n") == quantity("1n")',
  )
  expectErrors('quantity("a")', 'quantity("1500m").asInteger()', 'quantity("1e999")')
})

test('versions follow semver.org', () => {
  const order = ['1.0.0-alpha', '1.0.0-alpha.1', '1.0.0-alpha.beta', '1.0.0-beta.2', '1.0.0-beta.11', '1.0.0', '1.10.0']
  for (const [at, low] of order.slice(0, -1).entries()) {
    expectTrue(`semver("${low}").isLessThan(semver("${order[at + 1]}"))`)
  }
  expectTrue(
    'semver("1.2.3").major() == 1 && semver("1.2.3").minor() == 2 && semver("1.2.3").patch() == 3',
    'semver("1.0.0+a") == semver("1.0.0+b")',
    'isSemver("1.0.0") && !isSemver("v1.0.0") && !isSemver("1.0") && !isSemver("01.0.0")',
    'isSemver("v1.0", true) && semver("v01.1", true) == semver("1.1.0")',
  )
  expectErrors('semver("hi")')
})

test('addresses and networks', () => {
  expectTrue(
    'ip("127.0.0.1").isLoopback() && ip("::1").isLoopback() && ip("0.0.0.0").isUnspecified()',
    'ip("192.168.0.1").family() == 4 && ip("2001:db8::1").family() == 6',
    'ip("2001:DB8::0:1") == ip("2001:db8::1") && string(ip("2001:0db8:0:0:1:0:0:1")) == "2001:db8::1:0:0:1"',
    'ip.isCanonical("2001:db8::abcd") && !ip.isCanonical("2001:DB8::ABCD")',
    'ip("224.0.0.1").isLinkLocalMulticast() && ip("ff02::1").isLinkLocalMulticast() && !ip("224.0.1.1").isLinkLocalMulticast()',
    'ip("169.254.169.254").isLinkLocalUnicast() && ip("fe80::1").isLinkLocalUnicast()',
    'ip("8.8.8.8").isGlobalUnicast() && ip("10.0.0.1").isGlobalUnicast() && !ip("255.255.255.255").isGlobalUnicast()',
    '!isIP("::ffff:1.2.3.4") && !isIP("::ffff:102:304") && !isIP("fe80::1%eth0") && !isIP("1.2.3.04") && !isIP("1.2.3")',
    '!isIP("1:2:3:4:5:6:7:8:9") && !isIP("1::2::3") && !isIP(":1") && isIP("::")',
    'cidr("192.168.0.0/24").containsIP("192.168.0.7") && !cidr("192.168.0.0/24").containsIP(ip("192.168.1.7"))',
    'cidr("10.0.0.0/8").containsCIDR("10.1.0.0/16") && !cidr("10.1.0.0/16").containsCIDR(cidr("10.0.0.0/8"))',
    'cidr("10.1.2.3/8").masked() == cidr("10.0.0.0/8") && cidr("10.1.2.3/8").ip() == ip("10.1.2.3")',
    'cidr("::/0").prefixLength() == 0 && cidr("::/0").containsIP("fe80::1") && !cidr("::/0").containsIP("1.2.3.4")',
    'string(cidr("2001:DB8::/32")) == "2001:db8::/32" && !isCIDR("10.0.0.0/33") && !isCIDR("10.0.0.0")',
  )
  expectErrors('ip("a")', 'cidr("10.0.0.0/8").containsIP("a")')
})

test('URLs are absolute and read as Go reads them', () => {
  expectTrue(
    'url("https://user:pass@example.com:80/path?k=a").getHost() == "example.com:80"',
    'url("https://example.com:80/").getHostname() == "example.com" && url("https://[::1]:80/").getHostname() == "::1"',
    'url("https://[::1]:80/").getPort() == "80" && url("https://example.com/").getPort() == ""',
    'url("HTTPS://example.com/").getScheme() == "https" && url("/path").getScheme() == ""',
    'url("https://example.com/path with spaces/").getEscapedPath() == "/path%20with%20spaces/"',
    'url("https://example.com/a%2Fb").getEscapedPath() == "/a%2Fb" && url("https://example.com").getEscapedPath() == ""',
    'url("https://a.b/?k=1&k=2&e=&s=a+b%21").getQuery() == {"k": ["1", "2"], "e": [""], "s": ["a b!"]}',
    'isURL("https://a.b") && isURL("/a") && !isURL("../a") && !isURL("a.b") && !isURL("https://a b/") && !isURL("")',
    '!isURL("https://a.b:port/") && !isURL("https://a.b/%zz")',
    'url("https://a.b/c") == url("https://a.b/c")',
  )
})

test('lists and sets', () => {
  expectTrue(
    '[3, 1, 2].sort() == [1, 2, 3] && [1, 2, 3].sum() == 6 && [1.5, 2.5].sum() == 4.0 && [].sum() == 0',
    '["b", "a"].max() == "b" && [2, 1].min() == 1 && [1, 2].isSorted() && ![2, 1].isSorted()',
    '[1, 2, 2].indexOf(2) == 1 && [1, 2, 2].lastIndexOf(2) == 2 && [1].indexOf(3) == -1',
    '[1, 2, 1].distinct() == [1, 2] && [1, [2, [3]]].flatten() == [1, 2, [3]] && [1, 2, 3].slice(1, 2) == [2]',
    '[1, 2].first().value() == 1 && ![].last().hasValue() && [1, 2].reverse() == [2, 1] && lists.range(2) == [0, 1]',
    'sets.contains([1, 2], [2]) && sets.equivalent([1, 1, 2], [2, 1]) && !sets.intersects([1], [2])',
    '"abc 123".find("[0-9]+") == "123" && "1 2 3".findAll("[0-9]") == ["1", "2", "3"] && "1 2 3".findAll("[0-9]", 2) == ["1", "2"]',
  )
  expectErrors('[].min()', '[1, "a"].sort()', '[1].slice(0, 2)')
})
