// referenceHtml: the OpenAPI document as one page for people, that loads nothing from anywhere and has an anchor for everything.

import { isWords } from '@plaintrail/query/is-words'
import { qualifiers } from '@plaintrail/query/qualifiers'
import { problemCodes, problemSlug, type ProblemCode } from '../problem-codes.ts'
import type { DocumentedAnswer, DocumentedParameter, OpenApiDocument, Operation } from './openapi-document.ts'
import type { JsonSchema } from './schema-of.ts'

export const referenceStyle = `
:root{color-scheme:light dark;--line:color-mix(in srgb,currentColor 18%,transparent);--soft:color-mix(in srgb,currentColor 7%,transparent)}
*{box-sizing:border-box}
body{margin:0;font:16px/1.5 system-ui,sans-serif;display:grid;grid-template-columns:17rem minmax(0,1fr)}
nav{position:sticky;top:0;height:100vh;overflow:auto;padding:1.5rem;border-right:1px solid var(--line);font-size:.875rem}
nav ul{list-style:none;margin:0 0 1rem;padding:0}
nav p{margin:0;font-weight:600}
main{padding:1.5rem 2rem 6rem;max-width:62rem}
h1{margin-top:0}
h2{margin:3rem 0 .5rem;border-bottom:1px solid var(--line)}
h3{margin:2.5rem 0 .25rem}
h4{margin:1rem 0 .25rem;font-size:.875rem}
section>h3:target,section:target>h3,tr:target{background:var(--soft)}
code,pre{font:.875em ui-monospace,monospace;overflow-wrap:anywhere}
pre{background:var(--soft);padding:.75rem;overflow:auto}
table{border-collapse:collapse;width:100%;font-size:.875rem}
th,td{text-align:left;vertical-align:top;padding:.3rem .75rem .3rem 0;border-top:1px solid var(--line)}
th{font-weight:600;border-top:0}
td:first-child{white-space:nowrap;width:1%}
details>summary{cursor:pointer;font-size:.875rem;font-weight:600;margin-top:1rem}
a{color:inherit}
.method{text-transform:uppercase;font-weight:700}
@media(max-width:60rem){body{display:block}nav{position:static;height:auto;border:0}td:first-child{white-space:normal}main{padding:1rem}}
`

interface Placed {
  readonly path: string
  readonly method: string
  readonly operation: Operation
}

export function referenceHtml(document: OpenApiDocument): string {
  const placed = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Placed => ({ path, method, operation })),
  )
  const { title, version, description } = document.info
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escaped(title)} API reference</title><style>${referenceStyle}</style></head>
<body>${navigation(document, placed)}
<main><h1>${escaped(title)} API</h1><p>Version ${escaped(version)}. The same for programs: <a href="/v1/openapi.json">openapi.json</a>.</p>
${description
  .split('\n\n')
  .map((text) => `<p>${prose(text)}</p>`)
  .join('\n')}
${document.tags.map(({ name, description: about }) => tagSection(name, about, placed)).join('\n')}
${querySection()}
${schemaSection(document.components.schemas)}
${problemSection()}
</main></body></html>
`
}

function navigation({ tags, components }: OpenApiDocument, placed: readonly Placed[]): string {
  const groups = tags.map(({ name }) => {
    const items = ofTag(name, placed).map(({ operation }) => item(operation.operationId, operation.summary))
    return `<p><a href="#tag-${name}">${name}</a></p><ul>${items.join('')}</ul>`
  })
  const schemas = Object.keys(components.schemas).map((id) => item(`schema-${id}`, id))
  return `<nav aria-label="Contents">${groups.join('')}<p><a href="#query-language">query language</a></p><p><a href="#problems">problems</a></p>
<details><summary><a href="#schemas">schemas</a></summary><ul>${schemas.join('')}</ul></details></nav>`
}

function item(anchor: string, text: string): string {
  return `<li><a href="#${anchor}">${escaped(text)}</a></li>`
}

function ofTag(name: string, placed: readonly Placed[]): readonly Placed[] {
  return placed.filter(({ operation }) => operation.tags.includes(name))
}

function tagSection(name: string, about: string, placed: readonly Placed[]): string {
  return `<h2 id="tag-${name}">${name}</h2><p>${prose(about)}</p>${ofTag(name, placed).map(operationSection).join('\n')}`
}

function operationSection({ path, method, operation }: Placed): string {
  const { operationId, summary, description, parameters, requestBody, responses } = operation
  const body = requestBody?.content['application/json']?.schema
  return `<section id="${operationId}"><h3><a href="#${operationId}">${escaped(summary)}</a></h3>
<p><code><span class="method">${method}</span> ${escaped(path)}</code></p><p>${prose(description)}</p>
${accessLine(operation)}${serversLine(operation)}
${parametersTable(parameters)}${body === undefined ? '' : `<h4>Body</h4><p>${shapeOf(body)}</p>`}
<h4>Answers</h4><table>${Object.entries(responses).filter(isNoProblem).map(answerRow).join('')}</table>
${problemsLine(responses)}</section>`
}

function accessLine({ security }: Operation): string {
  if (security === undefined) return ''
  if (security.length === 0) return '<p>Needs no token.</p>'
  const schemes = security.flatMap((one) => Object.keys(one)).map((name) => `<code>${escaped(name)}</code>`)
  return `<p>Needs ${schemes.join(' or ')}.</p>`
}

function serversLine({ servers = [] }: Operation): string {
  if (servers.length === 0) return ''
  const items = servers.map(({ url, description }) => `<li><code>${escaped(url)}</code> ${prose(description)}</li>`)
  return `<ul>${items.join('')}</ul>`
}

function problemsLine(responses: Operation['responses']): string {
  const problems = Object.entries(responses).filter((answer) => !isNoProblem(answer))
  return problems.length === 0 ? '' : `<p>Problems: ${problems.map(problemLinks).join(', ')}.</p>`
}

type PlacedAnswer = readonly [status: string, answer: DocumentedAnswer]

function isNoProblem([, { content = {} }]: PlacedAnswer): boolean {
  return !('application/problem+json' in content)
}

function answerRow([status, { description, content = {} }]: PlacedAnswer): string {
  const shapes = Object.entries(content).map(([type, { schema }]) => `${shapeOf(schema)} as <code>${type}</code>`)
  return `<tr><td>${status}</td><td>${prose(description)}</td><td>${shapes.join('<br>')}</td></tr>`
}

/** Their codes stand in the description. */
function problemLinks([status, { description }]: PlacedAnswer): string {
  const codes = knownCodes.filter((code) => description.includes(`\`${code}\`: `))
  return codes.map((code) => `${status} <a href="#problem-${problemSlug(code)}">${code}</a>`).join(', ')
}

const knownCodes = Object.keys(problemCodes) as ProblemCode[]

/** More than these are folded away. */
const openParametersMax = 12

function parametersTable(parameters: readonly DocumentedParameter[]): string {
  if (parameters.length === 0) return ''
  const rows = parameters.map(
    ({ name, in: where, description, schema, required }) =>
      `<tr><td><code>${escaped(name)}</code></td><td>${where}${required ? ', needed' : ''}</td><td>${shapeOf(schema)}${boundsOf(schema)}</td><td>${prose(description)}</td></tr>`,
  )
  const table = `<table><tr><th>name</th><th>in</th><th>type</th><th></th></tr>${rows.join('')}</table>`
  return parameters.length > openParametersMax
    ? `<details><summary>${parameters.length} parameters</summary>${table}</details>`
    : `<h4>Parameters</h4>${table}`
}

/** A name of a component as a link, anything else in a few words. */
function shapeOf(schema: JsonSchema): string {
  if (schema.$ref !== undefined) {
    const id = schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)
    return `<a href="#schema-${id}">${escaped(id)}</a>`
  }
  if (schema.enum !== undefined) return schema.enum.map((value) => `<code>${escaped(String(value))}</code>`).join(', ')
  if (schema.const !== undefined) return `<code>${escaped(String(schema.const))}</code>`
  if (schema.anyOf !== undefined) return schema.anyOf.map((one) => (isSchema(one) ? shapeOf(one) : '')).join(' or ')
  if (schema.type === 'array') return `array of ${isSchema(schema.items) ? shapeOf(schema.items) : 'anything'}`
  return schema.type === undefined ? 'anything' : [schema.type].flat().join(' or ')
}

function boundsOf({ minimum, maximum, default: otherwise }: JsonSchema): string {
  const range = minimum === undefined || maximum === undefined ? '' : `, ${minimum} to ${maximum}`
  return range + (otherwise === undefined ? '' : `, else <code>${escaped(JSON.stringify(otherwise))}</code>`)
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function schemaSection(schemas: Readonly<Record<string, JsonSchema>>): string {
  const sections = Object.entries(schemas).map(([id, schema]) => {
    const rows = fieldRows(schema, '')
    return `<section id="schema-${id}"><h3><a href="#schema-${id}">${escaped(id)}</a></h3><p>${prose(schema.description ?? '')}</p>
${rows === '' ? `<p>${shapeOf(schema)}${patternOf(schema)}</p>` : `<table>${rows}</table>`}</section>`
  })
  return `<h2 id="schemas">schemas</h2><p>Fields marked <em>may be absent</em> are there where they are asked for.</p>${sections.join('\n')}`
}

function patternOf({ pattern, format }: JsonSchema): string {
  return [format, pattern]
    .filter((one) => one !== undefined)
    .map((one) => `, <code>${escaped(one)}</code>`)
    .join('')
}

/** Objects that are no component of their own are told in place. */
function fieldRows({ properties = {}, required = [] }: JsonSchema, before: string): string {
  return Object.entries(properties)
    .map(([name, schema]) => {
      if (!isSchema(schema)) return ''
      const path = before + name
      const absent = required.includes(name) ? '' : '<br><em>may be absent</em>'
      const inner = [schema, ...(schema.anyOf ?? []), schema.items].find((one) => isSchema(one) && 'properties' in one)
      const dots = schema.type === 'array' ? '[].' : '.'
      return `<tr><td><code>${escaped(path)}</code>${absent}</td><td>${shapeOf(schema)}</td><td>${prose(schema.description ?? '')}</td></tr>${isSchema(inner) ? fieldRows(inner, path + dots) : ''}`
    })
    .join('')
}

function querySection(): string {
  const rows = qualifiers.map(
    ({ key, aliases, description, examples, availability }) =>
      `<tr id="qualifier-${key}"><td><code>${escaped([key, ...aliases].join(' '))}</code></td><td>${prose(description)}${availability === 'now' ? '' : `; not available yet: it needs ${escaped(availability.needs)}`}</td><td><code>${escaped(examples[0] ?? '')}</code></td></tr>`,
  )
  const words = isWords.map(
    ({ word, description }) => `<tr><td><code>is:${escaped(word)}</code></td><td>${prose(description)}</td></tr>`,
  )
  return `<h2 id="query-language">query language</h2><p>${prose('Terms must all hold; `OR`, `-` and parentheses join them otherwise, `,` between values means any of them, `*` is any text, quotes take a text as it is. Whatever has no `:` is searched in the sentence.')}</p>
<pre>actor:alice verb:patch,update ns:prod-* -user-agent:argocd after:2026-11-01</pre>
<table>${rows.join('')}</table><h3 id="is-words">is:</h3><table>${words.join('')}</table>`
}

function problemSection(): string {
  const rows = knownCodes.map((code) => {
    const [status, when] = problemCodes[code]
    return `<tr id="problem-${problemSlug(code)}"><td><code>${code}</code></td><td>${status}</td><td>${prose(when)}</td></tr>`
  })
  return `<h2 id="problems">problems</h2><p>Every error is a <a href="#schema-Problem">Problem</a>, as <code>application/problem+json</code> (RFC 9457).</p><table>${rows.join('')}</table>`
}

/** Text with `code` in it. */
function prose(text: string): string {
  return escaped(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>')
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

function escaped(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => entities[character] ?? character)
}
