import { z } from 'zod';
import { translationSchema } from '../translation/translation-schema.ts';
import { profileSchema } from './profile-schema.ts';

const schemas = {
  'app-profile': { schema: profileSchema, title: 'A profile of an app for modelkeep: where it looks for its models' },
  'translation-config': {
    schema: translationSchema,
    title: 'A translation config of modelkeep: what holds for an app from one of its versions on, schema 1',
  },
} as const;

/**
 * @internal The JSON Schemas of what callers and plugins write (draft 2020-12). What refers to another field, and the rules for safe
 * paths, are checked by `parseAppProfile` and by the plan.
 */
export function jsonSchemas(): ReadonlyMap<string, object> {
  return new Map(
    Object.entries(schemas).map(([name, { schema, title }]) => {
      const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
      return [`${name}.schema.json`, { $schema, $id: `urn:modelkeep:schema:${name}:1`, title, ...rest }];
    }),
  );
}
