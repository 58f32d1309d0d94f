import { z } from 'zod';
import { modelMetadataSchema, modelOverridesSchema, volumeFileSchema } from './metadata.ts';

/** @internal The files of a library, by the name of their published JSON Schema. */
const schemas = {
  metadata: { schema: modelMetadataSchema, title: 'metadata.json of modelkeep, schema 1: what is known of a model' },
  overrides: {
    schema: modelOverridesSchema,
    title: 'overrides.json of modelkeep, schema 1: what people say of a model',
  },
  modelkeep: { schema: volumeFileSchema, title: 'modelkeep.json, format 1: what a volume is' },
} as const;

/**
 * @internal The JSON Schemas of the files on disk (draft 2020-12), for readers and writers in other languages. They say
 * what a file has to hold to be read; beyond that a reader keeps the fields that it does not know.
 */
export function jsonSchemas(): ReadonlyMap<string, object> {
  return new Map(
    Object.entries(schemas).map(([name, { schema, title }]) => {
      const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
      return [`${name}.schema.json`, { $schema, $id: `urn:modelkeep:schema:${name}:1`, title, ...rest }];
    }),
  );
}
