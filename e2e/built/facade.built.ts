import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const program = `
import { registerHooks } from 'node:module';
const packages = new Set();
registerHooks({
  load(url, context, next) {
    const name = /\\/packages\\/([^/]+)\\/|node_modules\\/((?:@[^/]+\\/)?[^/]+)\\/(?!.*node_modules)/.exec(url);
    if (name !== null) packages.add(name[1] ?? name[2]);
    return next(url, context);
  },
});
const facade = await import('modelkeep');
const before = [...packages].sort();
await facade.knownApps();
console.log(JSON.stringify({ before, after: packages.size, openLibrary: typeof facade.openLibrary }));
`;

it('is imported without what a library needs: an app that only knows of it starts as fast as before', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
    cwd: import.meta.dirname,
  });
  const { before, after, openLibrary } = JSON.parse(stdout) as { before: string[]; after: number; openLibrary: string };
  expect(before).toEqual(['core', 'modelkeep', 'uuid']);
  expect(after).toBeGreaterThan(10);
  expect(openLibrary).toBe('function');
});
