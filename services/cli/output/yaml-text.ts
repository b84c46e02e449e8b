// yamlText: a value as YAML in which unsafe characters are escapes, for which their strings stand in double quotes.
import { Document, visit } from 'yaml'
import { terminalJson, terminalText } from './terminal-text.ts'

export function yamlText(value: unknown): string {
  const document = new Document(value, { aliasDuplicateObjects: false })
  visit(document, {
    Scalar(_key, scalar) {
      if (typeof scalar.value === 'string' && terminalText(scalar.value) !== scalar.value) scalar.type = 'QUOTE_DOUBLE'
    },
  })
  return terminalJson(document.toString({ lineWidth: 0 }))
}
