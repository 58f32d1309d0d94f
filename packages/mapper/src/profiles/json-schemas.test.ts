import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { jsonSchemas } from './json-schemas.ts';

const folder = join(import.meta.dirname, '..', '..', 'schemas');

it('the published JSON Schemas are those of the zod schemas: `pnpm --filter @modelkeep/mapper schemas` writes them', async () => {
  expect((await readdir(folder)).toSorted()).toEqual([...jsonSchemas().keys()].toSorted());
  for (const [name, schema] of jsonSchemas()) {
    expect(JSON.parse(await readFile(join(folder, name), 'utf8')), name).toEqual(schema);
  }
});
