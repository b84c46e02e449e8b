// schemaOf: a schema that judges what is sent or answered, as JSON Schema for who reads the document.

import * as z from 'zod'

export type JsonSchema = z.core.JSONSchema.BaseSchema

/** A schema with an id is a component, and named by it everywhere. */
export function schemaOf(schema: z.ZodType): JsonSchema {
  const id = schema.meta()?.id
  if (id !== undefined) return { $ref: toJson.uri(id) }
  return withoutNames(z.toJSONSchema(schema, toJson))
}

/** All that have an id, by it. */
export function componentSchemas(): Readonly<Record<string, JsonSchema>> {
  const { schemas } = z.toJSONSchema(z.globalRegistry, toJson)
  return Object.fromEntries(
    Object.entries(schemas)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([id, schema]) => [id, withoutNames(schema)]),
  )
}

/** A component is named by its place. */
function withoutNames(schema: JsonSchema): JsonSchema {
  const unnamed = { ...schema }
  delete unnamed.$schema
  delete unnamed.$id
  delete unnamed.id
  return unnamed
}

const toJson = {
  target: 'draft-2020-12',
  io: 'output',
  uri: (id: string) => `#/components/schemas/${id}`,
  override: ({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: JsonSchema }) => {
    // Answers grow by new fields; what is sent to us may have none that we do not know.
    const isOpen = zodSchema._zod.def.type === 'object' && zodSchema._zod.def.catchall === undefined
    if (isOpen) delete jsonSchema.additionalProperties
    // What a JavaScript number can hold is no promise about the value.
    if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
    if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
  },
} as const
