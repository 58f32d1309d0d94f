import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { testFolder } from '../test-folder.ts';

const run = promisify(execFile);

/** A program as an app would write it; what it prints is the last thing it does. */
const program = `
import { openLibrary } from 'modelkeep';

async function main([root, file]) {
  const warnings = [];
  const logger = { debug() {}, info() {}, warn: (text) => warnings.push(text), error: (text) => warnings.push(text) };
  const library = await openLibrary({ root, logger, environment: {} });
  const { models } = await library.import(file).result;
  const { problems } = await library.verify().result;
  const found = await library.search('thing');
  const { blake3 } = await library.diagnose();
  await library.close();
  console.log(JSON.stringify({ warnings, problems, found: found.models.length, model: models[0], blake3 }));
}
void main(process.argv.slice(2));
`;

const header = JSON.stringify({ w: { dtype: 'F32', shape: [2], data_offsets: [0, 8] } }).padEnd(64);
const safetensors = Buffer.concat([
  Buffer.from(new BigUint64Array([64n]).buffer),
  Buffer.from(header),
  Buffer.alloc(8),
]);

describe.each([
  { format: 'cjs', extension: 'cjs', banner: '' },
  {
    format: 'esm',
    extension: 'mjs',
    banner: "import { createRequire as requireFor } from 'node:module'; const require = requireFor(import.meta.url);",
  },
] as const)('a single-file bundle as $format', ({ format, extension, banner }) => {
  it('opens, imports, verifies and searches with workers, far from any node_modules', async () => {
    await using folder = await testFolder();
    const outfile = folder.join(`app.${extension}`);
    await build({
      stdin: { contents: program, resolveDir: join(import.meta.dirname, '..'), loader: 'js' },
      bundle: true,
      platform: 'node',
      target: 'node22',
      format,
      outfile,
      banner: { js: banner },
      logLevel: 'error',
      logOverride: { 'empty-import-meta': 'silent' },
    });
    await writeFile(folder.join('thing.safetensors'), safetensors);
    const { stdout } = await run(
      process.execPath,
      [outfile, folder.join('library'), folder.join('thing.safetensors')],
      {
        cwd: folder.path,
        env: { PATH: process.env['PATH'] ?? '' },
      },
    );
    const printed = JSON.parse(stdout) as Record<string, unknown>;
    expect(printed).toMatchObject({ warnings: [], problems: [], found: 1, blake3: 'wasm' });
    expect(printed['model']).toMatchObject({ format: 'safetensors', cleanedName: 'thing' });
  });
});
