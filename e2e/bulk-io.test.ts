import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
/** Calls of Node that move as many bytes as a file has, through libuv's threads or on the calling one. */
const BULK = /\b(?:createReadStream|createWriteStream|openAsBlob|copyFile(?:Sync)?|cp(?:Sync)?)\b/g;

it('no package but io moves the bytes of files with calls of Node of its own', () => {
  const sources = globSync('packages/*/src/**/*.ts', { cwd: root }).filter(
    (path) => !/^packages\/(?:io|testing)\/|\.test[.-]/.test(path),
  );
  expect(sources.length).toBeGreaterThan(800);
  const found = sources.flatMap((path) => {
    const text = readFileSync(join(root, path), 'utf8');
    const imported = [...text.matchAll(/import (?<names>[^;]*?) from 'node:fs(?:\/promises)?'/g)];
    return imported.flatMap(({ groups }) =>
      [...(groups?.['names'] ?? '').matchAll(BULK)].map(([name]) => `${path}: ${name}`),
    );
  });
  // An export is lines of text, and may come through a pipe.
  expect(found).toEqual(['packages/workflows/src/keep/metadata-export.ts: createReadStream']);
});
