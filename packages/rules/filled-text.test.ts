import { execFileSync } from 'node:child_process'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { filledCommand, filledText } from './filled-text.ts'

const values = { actor: 'bob@acme.io', 'object.name': 'api-1', 'object.namespace': null }

describe('a text', () => {
  test('has the values of its fields, and words for those that there are not', () => {
    expect(filledText('{{actor}} read the secrets of {{ object.namespace }} from {{ip}}', values)).toBe(
      'bob@acme.io read the secrets of the whole cluster from (no address)',
    )
    expect(filledText('{{object.name}}: {{code}}', {})).toBe('(no name): (none)')
    expect(filledText('no {field}, {{', values)).toBe('no {field}, {{')
    expect(filledText('{{constructor}} {{__proto__}}', values)).toBe('(none) (none)')
    expect(filledText('{{actor}}', { actor: '$& {{ip}}', ip: 'x' })).toBe('$& {{ip}}')
  })
})

describe('a command', () => {
  test.each([
    ['kubectl delete pod {{object.name}}', 'api-1', 'kubectl delete pod api-1'],
    ['kubectl get pod {{object.name}}', 'a b; rm x', "kubectl get pod 'a b; rm x'"],
    ['kubectl get pod {{object.name}}', "it's", String.raw`kubectl get pod 'it'\''s'`],
    ['kubectl get pod {{object.name}}', '', null],
    ['kubectl get pod {{object.name}}', '--all', null],
    ['kubectl get pod {{object.name}}', 'a\u{202e}b', null],
    ['kubectl get pod {{object.name}}', 'a\nb', null],
    ["kubectl -o jsonpath='{.x}' get {{object.name}}", '$(x)', "kubectl -o jsonpath='{.x}' get '$(x)'"],
    ["kubectl patch -p '{{object.name}}'", 'plain', "kubectl patch -p 'plain'"],
    ["kubectl patch -p '{{object.name}}'", '; rm x', null],
    ['kubectl patch -p "{{object.name}}"', '$(rm x)', null],
    [String.raw`echo \" {{object.name}}`, '$(rm x)', null],
    [String.raw`echo \"" {{object.name}}`, '$(rm x)', null],
    ['kubectl get', 'x', 'kubectl get'],
  ])('%s with %j is %j', (template, name, command) => {
    expect(filledCommand(template, { 'object.name': name })).toBe(command)
  })

  test.each([
    [
      'rolebindings.rbac.authorization.k8s.io debug -n shop',
      'kubectl delete rolebindings.rbac.authorization.k8s.io debug -n shop',
    ],
    ['nodes system:a', 'kubectl delete nodes system:a'],
    ['nodes a --all', null],
    ['nodes --all', null],
    ['nodes a -n shop --all', null],
    ['nodes a; rm x', null],
    ['nodes a\n', null],
    ['nodes $(x)', null],
    ['', null],
  ])('has the words %j of an object as they are, and nothing else: %j', (words, command) => {
    expect(filledCommand('kubectl delete {{object.kubectl}}', { 'object.kubectl': words })).toBe(command)
    expect(filledCommand("sh -c '{{object.kubectl}}'", { 'object.kubectl': words })).toBeNull()
  })

  test('of a value that there is not is none', () => {
    expect(filledCommand('kubectl get {{object.name}} -n {{object.namespace}}', values)).toBeNull()
  })

  test('is read by a shell as the words that it was made of, whatever these hold', () => {
    const character = fc.constantFrom(...'ab -\'"$`\\;|&<>(){}*?!~#\n%=')
    const value = fc.array(character, { minLength: 1, maxLength: 12 }).map((some) => some.join(''))
    fc.assert(
      fc.property(value, (name) => {
        const command = filledCommand("printf '%s.' {{object.name}} x{{object.name}}", { 'object.name': name })
        if (command === null) expect(name).toMatch(/\n|^-/)
        else expect(execFileSync('sh', ['-c', command]).toString()).toBe(`${name}.x${name}.`)
      }),
      { numRuns: 60 },
    )
  }, 60_000)
})
