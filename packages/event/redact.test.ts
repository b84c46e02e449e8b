import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { parseRedactionPath, RedactionPathError, redactEventList } from './redact.ts'
import type { Redacted } from './redact.ts'
import { scanEventList } from './scan.ts'

const key = Buffer.alloc(32, 1)
const neighbour =
  '{"auditID":"n","verb":"get","objectRef":{"resource":"pods","name":"data"},"requestObject":{"data":{"a":"b"}}}'
// The canary as it is, and in base64.
const canary = /CANARY|Q0FOQVJZ/
const digest = /plaintrail:hmac-sha256:[\w-]{43}/

function redact(
  body: string | Buffer,
  paths: readonly string[] = [],
  secret: Buffer = key,
): Redacted & { readonly items: readonly string[] } {
  const bytes = Buffer.from(body)
  const redacted = redactEventList(bytes, scanEventList(bytes), { key: secret, paths: paths.map(parseRedactionPath) })
  const items = Array.from({ length: redacted.bounds.length / 2 }, (_, item) =>
    Buffer.from(redacted.body).toString('latin1', redacted.bounds[2 * item], redacted.bounds[2 * item + 1]),
  )
  return { ...redacted, items }
}

function redactItem(
  item: string,
  paths: readonly string[] = [],
): { readonly text: string; readonly paths: readonly string[] } {
  const { items, redactions } = redact(`{"items":[${neighbour},${item},${neighbour}]}`, paths)
  expect([items[0], items[2]]).toEqual([neighbour, neighbour])
  expect(redactions.every((redaction) => redaction.item === 1)).toBe(true)
  return { text: items[1] ?? '', paths: redactions.flatMap((redaction) => redaction.paths) }
}

/** Each string that holds a canary, and nothing else, is replaced by a digest; the item can still be parsed. */
function expectOnlyCanariesHidden(item: string, paths: readonly string[] = []): void {
  const { text } = redactItem(item, paths)
  expect(text).not.toMatch(canary)
  JSON.parse(text)
  expect(text.replaceAll(/"plaintrail:hmac-sha256:[\w-]{43}"/g, '"#"')).toBe(
    Buffer.from(item.replaceAll(/"(?:[^"\\]|\\.)*(?:CANARY|Q0FOQVJZ)(?:[^"\\]|\\.)*"/g, '"#"')).toString('latin1'),
  )
}

const aboutSecret = '"objectRef":{"resource":"secrets","namespace":"n","name":"s","apiVersion":"v1"}'
const lastApplied = String.raw`"kubectl.kubernetes.io/last-applied-configuration":"{\"data\":{\"a\":\"CANARY\"}}"`
const secret =
  `{"apiVersion":"v1","data":{"username":"Q0FOQVJZLTE=","empty":""},"kind":"Secret","metadata":{"name":"s","annotations":{${lastApplied},"a":"b"}},"stringData":{"p":"CANARY-2"},"type":"Opaque"}`.replace(
    '"empty":""',
    '"other":"CANARY"',
  )
const bareSecret = secret.replace('"kind":"Secret",', '').replace('"apiVersion":"v1",', '')

describe('Secrets', () => {
  test.each([
    ['the object of a create', `{"verb":"create",${aboutSecret},"requestObject":${secret},"responseObject":${secret}}`],
    [
      'a list, whose items have no kind',
      `{${aboutSecret},"responseObject":{"kind":"SecretList","items":[${bareSecret},${bareSecret}]}}`,
    ],
    [
      'a Table',
      `{${aboutSecret},"responseObject":{"kind":"Table","rows":[{"cells":["s","Opaque",1],"object":${bareSecret}}]}}`,
    ],
    [
      'a merge patch',
      `{${aboutSecret},"requestObject":{"data":{"a":"CANARY","gone":null},"metadata":{"labels":{"x":"y"}}}}`,
    ],
    ['a strategic patch', `{${aboutSecret},"requestObject":{"$setElementOrder/x":["a"],"stringData":{"a":"CANARY"}}}`],
    [
      'an apply patch',
      `{"requestURI":"/api/v1/namespaces/n/secrets/s?fieldManager=x",${aboutSecret},"requestObject":${secret}}`,
    ],
    ['data that is no object', `{${aboutSecret},"requestObject":{"data":"CANARY","stringData":"Q0FOQVJZ"}}`],
    ['data that is nested', `{${aboutSecret},"requestObject":{"data":{"a":{"b":"CANARY"}}}}`],
    ['a body that is no object', `{${aboutSecret},"requestObject":"CANARY"}`],
    ['a misspelt field', `{${aboutSecret},"requestObject":{"stringdata":{"a":"CANARY"},"Data":{"a":"CANARY"}}}`],
    [
      'the pull token in an annotation',
      `{${aboutSecret},"responseObject":{"metadata":{"annotations":{"openshift.io/token-secret.value":"CANARY"}}}}`,
    ],
    [
      'metadata alone',
      `{${aboutSecret},"responseObject":{"kind":"PartialObjectMetadata","metadata":{"annotations":{${lastApplied}}}}}`,
    ],
    [
      'a URI without an objectRef',
      `{"requestURI":"/api/v1/namespaces/n/secrets/s","requestObject":{"data":{"a":"CANARY"}}}`,
    ],
    [
      'a URI with a percent escape',
      `{"requestURI":"/api/v1/namespaces/n/%73ecrets/s","requestObject":{"data":{"a":"CANARY"}}}`,
    ],
    ['a URI behind a proxy', `{"requestURI":"/k8s/clusters/c/v1/secrets/n:s","requestObject":{"data":{"a":"CANARY"}}}`],
    [
      'a second objectRef',
      `{"objectRef":{"resource":"pods"},${aboutSecret},"objectRef":{"resource":"pods"},"requestObject":{"data":{"a":"CANARY"}}}`,
    ],
    [
      'a second resource',
      `{"objectRef":{"resource":"secrets","resource":"pods"},"requestObject":{"data":{"a":"CANARY"}}}`,
    ],
    [
      'repeated bodies and keys',
      `{"requestObject":{"data":{"a":"CANARY","a":"CANARY"},"data":{"b":"CANARY"}},${aboutSecret},"requestObject":{"data":{"a":"CANARY"}}}`,
    ],
    [
      'a mutating webhook’s patch',
      `{${aboutSecret},"annotations":{"patch.webhook.admission.k8s.io/round_0_index_0":"{\\"patch\\":[{\\"value\\":\\"CANARY\\"}]}","x":"y"}}`,
    ],
    [
      'an error that quotes the body',
      `{${aboutSecret},"responseStatus":{"metadata":{},"message":"v1.Secret.Data: decode base64: error found in #10 byte of ...|CANARY|...","code":400}}`,
    ],
    [
      'an old API version',
      `{"apiVersion":"audit.k8s.io/v1beta1","metadata":{},"timestamp":"t",${aboutSecret},"responseObject":${secret}}`,
    ],
  ])('%s: no value is left, all else is', (_, item) => {
    expectOnlyCanariesHidden(item)
  })

  test.each([
    ['a key', String.raw`{"objectRef":{"resource":"secrets"},"requestObject":{"d\u0061ta":{"a":"CANARY"}}}`],
    [
      'the annotation’s slash',
      String.raw`{"objectRef":{"resource":"secrets"},"requestObject":{"metadata":{"annotations":{"kubectl.kubernetes.io\/last-applied-configuration":"CANARY"}}}}`,
    ],
    ['the kind', String.raw`{"requestObject":{"spec":{"k\u0069nd":"S\u0065cret","data":{"a":"CANARY"}}}}`],
    ['the resource', String.raw`{"objectRef":{"resource":"\u0073ecrets"},"requestObject":{"data":{"a":"CANARY"}}}`],
    ['the body’s name', String.raw`{"objectRef":{"resource":"secrets"},"r\u0065questObject":{"data":{"a":"CANARY"}}}`],
    [
      'a patch’s path',
      String.raw`{"objectRef":{"resource":"secrets"},"requestObject":[{"op":"add","p\u0061th":"\/d\u0061ta\/x","value":"CANARY"}]}`,
    ],
  ])('%s that is written with escapes hides nothing from us', (_, item) => {
    expectOnlyCanariesHidden(item)
  })

  test.each([
    '{"op":"replace","path":"/data/a","value":"CANARY"}',
    '{"op":"add","path":"/stringData","value":{"a":"CANARY","b":"CANARY"}}',
    '{"op":"add","path":"/data","value":"CANARY"}',
    '{"value":"CANARY","path":"/data/a~1b","op":"test"}',
    '{"op":"add","path":"/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration","value":"CANARY"}',
    `{"op":"add","path":"/metadata/annotations","value":{${lastApplied},"a":"b"}}`,
    '{"op":"replace","path":"","value":{"data":{"a":"CANARY"},"type":"Opaque"}}',
    '{"op":"add","path":"/data/a","path":"/metadata/labels/a","value":"CANARY"}',
    '{"op":"add","path":"/data/a","value":"CANARY","value":"CANARY"}',
  ])('the JSON patch operation %s is hidden', (operation) => {
    const others = '{"op":"add","path":"/metadata/labels/a","value":"b"},{"op":"remove","path":"/data/c"}'
    expectOnlyCanariesHidden(`{${aboutSecret},"requestObject":[${operation},${others}]}`)
  })

  test.each([
    [
      'in a List',
      `{"objectRef":{"resource":"things","apiGroup":"example.com"},"requestObject":{"kind":"List","items":[${secret},{"kind":"ConfigMap","data":{"a":"b"}}]}}`,
    ],
    [
      'in a template, behind its data',
      `{"requestObject":{"spec":{"template":{"data":{"a":"CANARY"},"kind":"Secret"},"data":{"a":"b"}}}}`,
    ],
    [
      'in an operation’s value',
      `{"requestObject":[{"op":"add","path":"/spec/manifest","value":{"kind":"Secret","data":{"a":"CANARY"}}}]}`,
    ],
    ['as the item itself', `{"apiVersion":"v1","kind":"Secret","data":{"a":"CANARY"},"metadata":{"name":"s"}}`],
    ['in a field that no Event has', `{"request":{"object":{"kind":"Secret","data":{"a":"CANARY"}}},"data":{"a":"b"}}`],
    ['with a second kind', `{"requestObject":{"x":{"kind":"Secret","kind":"Pod","data":{"a":"CANARY"}}}}`],
    [
      'in the manifest that kubectl keeps',
      String.raw`{"objectRef":{"resource":"things"},"responseObject":{"metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"template\":{\"kind\":\"Secret\",\"data\":{\"a\":\"CANARY\"}}}"}}}}`,
    ],
    [
      'in that manifest, by a JSON patch',
      String.raw`{"requestObject":[{"op":"add","path":"/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration","value":"{\"kind\":\"Secret\",\"x\":\"CANARY\"}"},{"kind":"Secret"}]}`,
    ],
  ])('a Secret nested %s of any event is hidden', (_, item) => {
    expectOnlyCanariesHidden(item)
  })

  test('numbers and other values that are no strings are hidden too, but not that a key was deleted', () => {
    const { text, paths } = redactItem(
      `{${aboutSecret},"requestObject":{"data":{"pin":4711,"on":true,"many":["CANARY"],"gone":null},"stringData":null}}`,
    )
    expect(text).not.toMatch(/4711|true|CANARY/)
    expect(text).toContain('"gone":null},"stringData":null')
    expect(paths).toEqual(['/requestObject/data/pin', '/requestObject/data/on', '/requestObject/data/many'])
  })
})

describe('tokens', () => {
  test.each([
    [
      'a TokenRequest',
      '{"verb":"create","objectRef":{"resource":"serviceaccounts","namespace":"n","name":"s","subresource":"token"},"requestObject":{"spec":{"audiences":["a"]},"status":{"token":"CANARY"}},"responseObject":{"kind":"TokenRequest","status":{"token":"CANARY","expirationTimestamp":"t"}}}',
    ],
    [
      'a TokenRequest that only its URI tells',
      '{"requestURI":"/api/v1/namespaces/n/serviceaccounts/s/token","responseObject":{"status":{"token":"CANARY"}}}',
    ],
    [
      'a TokenReview',
      '{"objectRef":{"resource":"tokenreviews","apiGroup":"authentication.k8s.io"},"requestObject":{"kind":"TokenReview","spec":{"token":"CANARY","audiences":["x"]},"status":{"user":{}}},"responseObject":{"spec":{"token":"CANARY"},"status":{"token":"CANARY"}}}',
    ],
    [
      'a nested TokenReview',
      '{"requestObject":{"a":{"kind":"TokenReview","spec":{"token":"CANARY"}},"spec":{"token":"b"}}}',
    ],
    [
      'an OAuth access token',
      '{"objectRef":{"resource":"oauthaccesstokens","apiGroup":"oauth.openshift.io","name":"CANARY"},"responseObject":{"kind":"OAuthAccessToken","metadata":{"name":"CANARY","selfLink":"/x/CANARY","uid":"u"},"authorizeToken":"CANARY","refreshToken":"CANARY","clientName":"c","scopes":["user:full"]}}',
    ],
    [
      'OAuth access tokens in a list',
      '{"objectRef":{"resource":"oauthaccesstokens","apiGroup":"oauth.openshift.io"},"responseObject":{"items":[{"metadata":{"name":"CANARY"}},{"metadata":{"name":"sha256~abc"},"userName":"u"}]}}',
    ],
    [
      'OAuth access tokens in a Table',
      '{"objectRef":{"resource":"oauthaccesstokens","apiGroup":"oauth.openshift.io"},"responseObject":{"kind":"Table","rows":[{"cells":["CANARY","u"],"object":{"metadata":{"name":"CANARY"}}},{"cells":["sha256~a","u"]}]}}',
    ],
    [
      'an OAuth authorize token',
      '{"objectRef":{"resource":"oauthauthorizetokens","apiGroup":"oauth.openshift.io","name":"sha256~abc"},"requestObject":{"codeChallenge":"CANARY","codeVerifier":"CANARY","accessToken":"CANARY","metadata":{"name":"sha256~abc"}}}',
    ],
    [
      'an OAuth token that is not found',
      '{"objectRef":{"resource":"oauthaccesstokens","name":"CANARY"},"responseStatus":{"message":"oauthaccesstokens.oauth.openshift.io \\"CANARY\\" not found","details":{"name":"CANARY","kind":"oauthaccesstokens"},"code":404}}',
    ],
    [
      'an OAuth client',
      '{"objectRef":{"resource":"oauthclients","apiGroup":"oauth.openshift.io","name":"console"},"requestObject":{"metadata":{"name":"console"},"secret":"CANARY","additionalSecrets":{"a":"CANARY"}}}',
    ],
    [
      'a patch of an OAuth client',
      '{"objectRef":{"resource":"oauthclients","name":"console"},"requestObject":[{"op":"replace","path":"/secret","value":"CANARY"},{"op":"add","path":"/additionalSecrets/-","value":"CANARY"}]}',
    ],
  ])('%s: no token is left, all else is', (_, item) => {
    expectOnlyCanariesHidden(item)
  })

  test('a hashed OAuth token may be named', () => {
    const item =
      '{"requestURI":"/apis/oauth.openshift.io/v1/oauthaccesstokens/sha256~abc","objectRef":{"resource":"oauthaccesstokens","name":"sha256~abc"},"responseStatus":{"message":"oauthaccesstokens.oauth.openshift.io \\"sha256~abc\\" not found"}}'
    expect(redactItem(item).text).toBe(item)
  })
})

describe('request URIs', () => {
  test.each([
    ['/x?access_token=CANARY', '/x?access_token=#'],
    [
      '/api/v1/namespaces/n/services/s/proxy/?a=b&token=CANARY&c=d',
      '/api/v1/namespaces/n/services/s/proxy/?a=b&token=#&c=d',
    ],
    [String.raw`/x?a=b\u0026id_token=CANARY\u0026c=d`, String.raw`/x?a=b\u0026id_token=#\u0026c=d`],
    [
      String.raw`/x?a=\u003cé\u003e\u0026ref\u0072esh_token=CANARY\u0022`,
      String.raw`/x?a=\u003cé\u003e\u0026ref\u0072esh_token=#`,
    ],
    ['/x?client_secret=CANARY&password=CANARY', '/x?client_secret=#&password=#'],
    ['/x?Pass%77ord=CANARY', '/x?Pass%77ord=#'],
    ['/x?a=b;token=CANARY;CANARY', '/x?a=b;token=#'],
    ['/oauth/token/implicit?code=CANARY', '/oauth/token/implicit?code=#'],
    ['/apis/oauth.openshift.io/v1/oauthaccesstokens/CANARY?x=y', '/apis/oauth.openshift.io/v1/oauthaccesstokens/#?x=y'],
    [
      '/apis/oauth.openshift.io/v1/oauthaccesstokens?fieldSelector=metadata.name%3DCANARY',
      '/apis/oauth.openshift.io/v1/oauthaccesstokens?fieldSelector=#',
    ],
  ])('of %s only the secret is hidden', (uri, expected) => {
    const { text, paths } = redactItem(`{"requestURI":"${uri}","verb":"get"}`)
    JSON.parse(text)
    const shown = Buffer.from(`{"requestURI":"${expected}","verb":"get"}`).toString('latin1')
    expect(text.replaceAll(new RegExp(digest, 'g'), '#')).toBe(shown)
    expect(paths).toEqual(['/requestURI'])
  })

  test.each([
    '/x?token=',
    '/x?tokens=a&mytoken=b&passwords=c',
    '/api/v1/pods?code=7&continue=token',
    '/apis/oauth.openshift.io/v1/oauthclients/console',
    '/api/v1/namespaces/secrets/pods/token',
    '/x?token',
    '/%zz?%zz=%zz',
  ])('%s is left alone', (uri) => {
    const item = `{"requestURI":"${uri}","requestObject":{"data":{"a":"b"}}}`
    expect(redactItem(item).text).toBe(item)
  })

  test('a token has one digest in a URI, in a body, and with percent escapes', () => {
    const { text } = redactItem(
      '{"requestURI":"/x?token=a%2Bb","objectRef":{"resource":"tokenreviews"},"requestObject":{"spec":{"token":"a+b"}}}',
    )
    expect(new Set(text.match(new RegExp(digest, 'g'))).size).toBe(1)
  })
})

describe('the operator’s paths', () => {
  test.each([
    [
      'configmaps object.data.*',
      '{"objectRef":{"resource":"configmaps"},"requestObject":{"data":{"a":"CANARY"},"kind":"ConfigMap"},"responseObject":{"data":{"a":"CANARY"}}}',
    ],
    [
      'configmaps object.data',
      '{"objectRef":{"resource":"configmaps"},"responseObject":{"items":[{"data":{"a":"CANARY"}}],"kind":"ConfigMapList"}}',
    ],
    [
      'configmaps object.data.a',
      '{"objectRef":{"resource":"configmaps"},"responseObject":{"rows":[{"cells":["c"],"object":{"data":{"a":"CANARY","b":"c"}}}]}}',
    ],
    [
      'configmaps object.data.*',
      `{"objectRef":{"resource":"configmaps"},"requestObject":{"metadata":{"annotations":{${lastApplied}}}}}`,
    ],
    [
      'configmaps object.data.a',
      '{"objectRef":{"resource":"configmaps"},"requestObject":[{"op":"add","path":"/data/a","value":"CANARY"},{"op":"add","path":"/data","value":{"a":"CANARY","b":"c"}},{"op":"add","path":"/data/b","value":"c"}]}',
    ],
    [
      'configmaps object.data.a.b',
      '{"objectRef":{"resource":"configmaps"},"requestObject":[{"op":"add","path":"/data/a/b/c","value":"CANARY"}]}',
    ],
    [
      '*.example.com object.spec.password',
      '{"objectRef":{"resource":"databases","apiGroup":"example.com"},"requestObject":{"spec":{"password":"CANARY","user":"u"}}}',
    ],
    [
      'deployments.apps object.spec.template.spec.containers.*.env.*.value',
      '{"objectRef":{"resource":"deployments","apiGroup":"apps","subresource":"status"},"responseObject":{"spec":{"template":{"spec":{"containers":[{"name":"c","env":[{"name":"A","value":"CANARY"},{"name":"B","value":"CANARY"}]}]}}}}}',
    ],
    [
      'deployments.apps/scale responseObject.a',
      '{"objectRef":{"resource":"deployments","apiGroup":"apps","subresource":"scale"},"requestObject":{"a":"b"},"responseObject":{"a":"CANARY"}}',
    ],
    [
      '* annotations.example.com/token',
      '{"annotations":{"example.com/token":"CANARY","a":"b"},"objectRef":{"resource":"x","apiGroup":"y"}}',
    ],
    [
      String.raw`* object.metadata.labels.example\.com/a`,
      '{"objectRef":{"resource":"x","apiGroup":"y"},"requestObject":{"metadata":{"labels":{"example.com/a":"CANARY","example":{"com/a":"b"}}}}}',
    ],
    [
      'configmaps object.data.*',
      '{"requestURI":"/api/v1/namespaces/n/configmaps/c","requestObject":{"data":{"a":"CANARY"}}}',
    ],
  ])('%s hides what it names', (path, item) => {
    expectOnlyCanariesHidden(item, [path])
  })

  test('a query parameter can be hidden', () => {
    const { text } = redactItem(
      String.raw`{"requestURI":"/api/v1/namespaces/n/pods/p/exec?command=CANARY\u0026command=CANARY\u0026stdin=true","objectRef":{"resource":"pods","subresource":"exec"}}`,
      ['pods/exec requestURI.command'],
    )
    expect(text).not.toMatch(canary)
    expect(text).toContain(String.raw`\u0026stdin=true`)
  })

  test.each([
    [
      'configmaps object.data.*',
      '{"objectRef":{"resource":"configmaps","apiGroup":"example.com"},"requestObject":{"data":{"a":"b"}}}',
    ],
    [
      'deployments.apps/scale object.a',
      '{"objectRef":{"resource":"deployments","apiGroup":"apps"},"requestObject":{"a":"b"}}',
    ],
    [
      'configmaps object.data.*',
      '{"objectRef":{"resource":"pods","name":"configmaps"},"requestObject":{"data":{"a":"b"}}}',
    ],
  ])('%s leaves other resources alone', (path, item) => {
    expect(redactItem(item, [path]).text).toBe(item)
  })

  test.each([
    ['', 'write a resource'],
    ['configmaps', 'write a resource'],
    ['configmaps object.a b', 'write a resource'],
    ['ConfigMaps object.a', 'name the resource'],
    ['configmaps body.a', 'begin the path with'],
    ['configmaps object', 'object.KEY'],
    ['configmaps object.a..b', 'object.KEY'],
    [`configmaps object${'.a'.repeat(100)}`, 'at most 64 keys'],
    [`configmaps object.${'a'.repeat(1000)}`, 'at most 1000 characters'],
  ])('%j is refused with a hint: %s', (text, hint) => {
    expect(() => parseRedactionPath(text)).toThrow(RedactionPathError)
    expect(() => parseRedactionPath(text)).toThrow(hint)
  })
})

describe('items that are no JSON', () => {
  const head =
    '{"auditID":"id","verb":"create","stage":"ResponseComplete","user":{"username":"bob","uid":"CANARY"},"objectRef":{"resource":"secrets","name":"s"},'

  test.each([
    ['cut short in a value', `${head}"requestObject":{"kind":"Secret","data":{"username":"Q0FOQVJZ","p":"CANAR`],
    ['cut short behind an escape', `${head}"requestObject":{"data":{"p":"CANARY\\`],
    [
      'cut short, with names like those of fields that are kept',
      `${head}"requestObject":{"data":{"verb":"CANARY","name":"CANARY","kind":"CANARY"}`,
    ],
    ['cut short, with values that are no strings', `${head}"requestObject":{"data":{"a":[1234567,"CANARY"],`],
  ])('%s: the item is masked, and one can still see which event it was', (_, rest) => {
    const { items, redactions } = redact(`{"items":[${neighbour},${rest}`)
    expect(items[0]).toBe(neighbour)
    expect(items[1]).not.toMatch(/CANAR|Q0FOQVJZ|1234567/)
    expect(items[1]).toMatch(
      /^{"auditID":"id","verb":"create","stage":"ResponseComplete","user":{"username":"bob","uid":"plain/,
    )
    expect(items[1]).toContain('"objectRef":{"resource":"secrets","name":"s"}')
    expect(redactions).toMatchObject([{ item: 1, paths: ['/'] }])
  })

  test.each([
    ['not JSON inside', `[{"objectRef":{"resource":"secrets"},"requestObject":{"data":{"a":"CANARY"} x}}]`],
    ['words without quotes', `[{objectRef:{resource:secrets},data:{a:CANARY,b:'CANARY'}}]`],
    ['YAML', 'kind: Secret\ndata:\n  a: Q0FOQVJZ\nstringData:\n  b: CANARY 1'],
    ['no list', '{"kind":"Secret","data":{"a":"CANARY"}}'],
    ['no object', '["my secret is CANARY"]'],
    [
      'too deep',
      `[{"objectRef":{"resource":"secrets"},"requestObject":{"data":{"a":"CANARY"},"b":${'['.repeat(300)}"CANARY"${']'.repeat(300)}}}]`,
    ],
    [
      'not UTF-8',
      Buffer.concat([
        Buffer.from('[{"objectRef":{"resource":"secrets"},"x":"CANARY'),
        Buffer.from([0xff]),
        Buffer.from('"}]'),
      ]),
    ],
    ['an OAuth token’s name', '[{"objectRef":{"resource":"oauthaccesstokens","name":"CANARY"}'],
  ])('%s: the item is masked', (_, body) => {
    const { items, redactions } = redact(body)
    expect(items.join('')).not.toMatch(canary)
    expect(redactions).toMatchObject([{ item: 0, paths: ['/'] }])
  })

  test('without a word of redaction it is left as it is', () => {
    const body = Buffer.from('[{"auditID":"a","requestObject":{"a":"b')
    expect(redact(body).items).toEqual(['{"auditID":"a","requestObject":{"a":"b'])
    expect(redactEventList(body, scanEventList(body), { key, paths: [] }).body).toBe(body)
  })

  test('the operator’s paths make it suspect too', () => {
    expect(
      redact('[{"objectRef":{"resource":"configmaps"},"x":"CANARY', ['configmaps object.data.*']).items.join(''),
    ).not.toMatch(canary)
    expect(redact('hello CANARY', ['* object.data.*']).items.join('')).not.toMatch(canary)
  })
})

describe('what stays', () => {
  test('integers, microseconds, odd text and repeated keys keep their bytes', () => {
    expectOnlyCanariesHidden(
      `{ "n" : 9007199254740993, "t":"2026-01-02T03:04:05.123456Z","f":1.0e+2,"u":"\\ud800\\u0000é😀\\u003c","n":1,${aboutSecret},
        "requestObject":{"metadata":{"resourceVersion":12345678901234567890},"data" : { "a" :"CANARY" } } }`,
    )
  })

  test('the paths are JSON pointers', () => {
    const { paths } = redactItem(
      `{${aboutSecret},"requestObject":[{"op":"add","path":"/data/x","value":"a"}],"responseObject":{"data":{"a/b~c":"d"}}}`,
    )
    expect(paths).toEqual(['/requestObject/0/value', '/responseObject/data/a~1b~0c'])
  })

  test('one item’s redaction moves the bounds of those behind it', () => {
    const item = `{${aboutSecret},"requestObject":{"data":{"a":"CANARY"}}}`
    const { body, bounds, redactions } = redact(`{"items":[${item},${neighbour},${item}],"metadata":{}}`)
    expect(scanEventList(body).bounds).toEqual(bounds)
    expect(Buffer.from(body).toString()).toMatch(/^{"items":\[{.*}],"metadata":{}}$/)
    expect(redactions.map(({ item }) => item)).toEqual([0, 2])
  })

  test('a body without secrets is the same array', () => {
    const body = Buffer.from(`{"items":[${neighbour}]}`)
    const scan = scanEventList(body)
    expect(redactEventList(body, scan, { key, paths: [] })).toEqual({ body, bounds: scan.bounds, redactions: [] })
    expect(redactEventList(body, scan, { key, paths: [] }).body).toBe(body)
  })
})

describe('digests', () => {
  const twice = `[{${aboutSecret},"requestObject":{"data":{"a":"same","b":"s\\u0061me","c":"other"}}}]`

  function digests(secretKey?: Buffer): readonly string[] {
    return (
      redact(twice, [], secretKey)
        .items.join('')
        .match(/(?<=hmac-sha256:)[\w-]+/g) ?? []
    )
  }

  test('equal values have equal digests, other values others', () => {
    const [a, b, c] = digests()
    expect(a).toBe(b)
    expect(a).not.toBe(c)
    expect(a).toBe(createHmac('sha256', key).update('same').digest('base64url'))
  })

  test('another cluster’s key gives other digests', () => {
    expect(digests(Buffer.alloc(32, 2))[0]).not.toBe(digests()[0])
  })

  test('an event keeps its identity whether it comes from the webhook or from a log file', () => {
    const fields = `${aboutSecret},"requestObject":{"data":{"a":"CANARY"}}}`
    const { redactions } = redact(`[{${fields},{"kind":"Event","apiVersion":"audit.k8s.io/v1",${fields}]`)
    const identity = createHmac('sha256', key).update(`{${fields}`).digest('hex')
    expect(redactions.map((redaction) => redaction.identity)).toEqual([identity, identity])
  })
})
