// yamlText: a value as YAML in which unsafe characters are escapes, for which their strings stand in double quotes.
import { Document, visit } from 'yaml'
import { terminalJson, terminalText } from './terminal-text.ts'

export interface YamlOptions {
  /** Keys in the order of their names, as kubectl has them; otherwise as they came. */
  readonly isSorted?: boolean
}

/** A text that YAML 1.1 would read as something else (`yes`, `012`, a time), as kubectl does, is quoted. */
export function yamlText(value: unknown, { isSorted = false }: YamlOptions = {}): string {
  const document = new Document(value, { aliasDuplicateObjects: false, version: '1.1', sortMapEntries: isSorted })
  visit(document, {
    Scalar(_key, scalar) {
      if (typeof scalar.value === 'string' && terminalText(scalar.value) !== scalar.value) scalar.type = 'QUOTE_DOUBLE'
    },
  })
  return terminalJson(document.toString({ lineWidth: 0 }))
}
