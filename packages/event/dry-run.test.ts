import { describe, expect, test } from 'vitest'
import { isDryRun, type Write } from './dry-run.ts'

interface Case {
  readonly query?: string
  readonly resource?: string
  readonly subresource?: string
  readonly body?: unknown
  readonly bodyKept?: boolean
  readonly stage?: Write['stage']
}

function dryRun(verb: string, given: Case): boolean {
  const { query = '', resource = 'pods', subresource = '', body, bodyKept = true, stage = 'ResponseComplete' } = given
  const object = { apiGroup: '', apiVersion: 'v1', resource, subresource, namespace: 'prod', name: 'x', uid: null }
  return isDryRun({ verb, stage, object, requestURI: `/api/v1/x${query}`, requestObject: body, bodyKept })
}

describe('a dry run', () => {
  test.each(['create', 'update', 'patch'])('of %s is in the query', (verb) => {
    expect(dryRun(verb, { query: '?dryRun=All&fieldManager=x' })).toBe(true)
    expect(dryRun(verb, { query: '?fieldManager=x', body: { dryRun: ['All'] } })).toBe(false)
    expect(dryRun(verb, { query: '?x=dryRun=All' })).toBe(false)
  })

  test('of a delete is in the body where there is one', () => {
    const body = { kind: 'DeleteOptions', dryRun: ['All'] }
    expect(dryRun('delete', { body })).toBe(true)
    expect(dryRun('deletecollection', { body })).toBe(true)
  })

  test('of a delete is in the query where there is no body', () => {
    expect(dryRun('delete', { query: '?dryRun=All' })).toBe(true)
  })

  test('is not claimed by the query of a delete that has a body: the API server ignores the query then', () => {
    expect(dryRun('delete', { query: '?dryRun=All', body: { kind: 'DeleteOptions' } })).toBe(false)
  })

  test('is not claimed by the query of a delete whose body cannot be seen', () => {
    expect(dryRun('delete', { query: '?dryRun=All', bodyKept: false })).toBe(false)
    expect(dryRun('delete', { query: '?dryRun=All', stage: 'RequestReceived' })).toBe(false)
    expect(dryRun('delete', { query: '?dryRun=All', body: 'skipped-too-big-size-object' })).toBe(false)
  })

  test('of an eviction is in the query or in its deleteOptions', () => {
    expect(dryRun('create', { subresource: 'eviction', query: '?dryRun=All' })).toBe(true)
    expect(dryRun('create', { subresource: 'eviction', body: { deleteOptions: { dryRun: ['All'] } } })).toBe(true)
    expect(dryRun('create', { subresource: 'eviction', body: { deleteOptions: {} } })).toBe(false)
  })

  test('of a token request does not exist: the token is real', () => {
    expect(dryRun('create', { resource: 'serviceaccounts', subresource: 'token', query: '?dryRun=All' })).toBe(false)
  })
})
