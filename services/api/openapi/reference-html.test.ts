// The reference: one page that loads nothing, in which every link leads somewhere.

import { qualifiers } from '@plaintrail/query/qualifiers'
import { describe, expect, test } from 'vitest'
import { problemCodes, problemSlug, type ProblemCode } from '../problem-codes.ts'
import { routeTable } from '../route-table.ts'
import { openApiDocument } from './openapi-document.ts'
import { referenceHtml, referenceStyle } from './reference-html.ts'

const document = openApiDocument(routeTable, '<9.9.9>')
const html = referenceHtml(document)
const ids = new Set([...html.matchAll(/ id="([^"]+)"/g)].map(([, id = '']) => id))

describe('the reference', () => {
  test('loads nothing and runs nothing', () => {
    expect(html).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|\son\w+=|\sstyle=|javascript:/i)
    expect([...html.matchAll(/<style>([^]*?)<\/style>/g)].map(([, style]) => style)).toEqual([referenceStyle])
    const away = [...html.matchAll(/ href="([^"]*)"/g)]
      .map(([, href = '']) => href)
      .filter((href) => !/^[#/]/.test(href))
    expect(away).toEqual([])
  })

  test('has no link that leads nowhere, and no anchor twice', () => {
    const links = [...html.matchAll(/ href="#([^"]+)"/g)].map(([, id = '']) => id)
    expect(links.filter((id) => !ids.has(id))).toEqual([])
    expect([...html.matchAll(/ id="/g)]).toHaveLength(ids.size)
  })

  test('has an anchor for every operation, schema, qualifier and problem', () => {
    const codes = Object.keys(problemCodes) as ProblemCode[]
    const wanted = [
      ...Object.values(document.paths).flatMap((methods) => Object.values(methods).map((one) => one.operationId)),
      ...Object.keys(document.components.schemas).map((id) => `schema-${id}`),
      ...qualifiers.map(({ key }) => `qualifier-${key}`),
      ...codes.map((code) => `problem-${problemSlug(code)}`),
    ]
    expect(wanted.filter((id) => !ids.has(id))).toEqual([])
  })

  test('shows texts as they are', () => {
    expect(html).toContain('Version &lt;9.9.9&gt;.')
    expect(html).not.toContain('<9.9.9>')
    expect(html).not.toMatch(/undefined|\[object/)
  })
})
