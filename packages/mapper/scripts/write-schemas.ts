import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jsonSchemas } from '../src/profiles/json-schemas.ts';

/** Writes the JSON Schemas that are published with the package. */
for (const [name, schema] of jsonSchemas()) {
  await writeFile(join(import.meta.dirname, '..', 'schemas', name), `${JSON.stringify(schema, null, 2)}\n`);
}
