// keywordExpression: a keyword, which is a part of the event wherever it stands.

import type { SigmaPiece, SigmaTest, SigmaValue } from './node.ts'
import { SigmaProblem } from './note.ts'
import { patternsOf } from './patterns.ts'

/** What a keyword is looked for in, each as texts; of one that is not known the others may hold all the same. */
const eventTexts = [
  [
    '"%s".format([[event.auditID, event.verb, event.requestURI, event.userAgent, event.sourceIPs, event.annotations]])',
    '"%s".format([[actor.name, actor.groups, actor.uid, actor.extra, impersonated]])',
    '"%s".format([[event.resource, event.apiGroup, event.subresource, event.namespace, response.status]])',
  ],
  ['event.name'],
  ['"%s".format([request.object])'],
  ['"%s".format([response.object])'],
]

/** Throws SigmaProblem. Where a body was not recorded, whether a word is in it is not known. */
export function keywordExpression(test: SigmaTest): string {
  const values = test.values.map((value): SigmaValue => {
    if (value.kind === 'number' || value.kind === 'bool')
      return { kind: 'text', isCased: false, pieces: ['any', { text: String(value.value) }, 'any'] }
    if (value.kind === 'regex') return value
    if (value.kind !== 'text') throw new SigmaProblem('a keyword is a text', test.at)
    const open = (piece: SigmaPiece | undefined): readonly SigmaPiece[] => (piece === 'any' ? [] : ['any'])
    return { ...value, pieces: [...open(value.pieces[0]), ...value.pieces, ...open(value.pieces.at(-1))] }
  })
  const holds = patternsOf('t', values).join(' || ')
  return eventTexts.map((texts) => `[${texts.join(', ')}].exists(t, ${holds})`).join(' || ')
}
