import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { caught } from '../fixtures/caught.ts';
import { createHttpClient } from './create-http-client.ts';

const program = fileURLToPath(new URL('./prepare.test-program.ts', import.meta.url));

async function importedBy(...rest: string[]): Promise<unknown> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=modelkeep-source', program, ...rest]);
  return JSON.parse(stdout);
}

it('imports what requests need before there is one, and not when the client is made', async () => {
  expect(await importedBy()).toEqual({ before: [], after: ['lru-cache', 'opossum', 'undici'] });
});

it('leaves out what another transport does not need', async () => {
  expect(await importedBy('other-transport')).toEqual({ before: [], after: ['lru-cache', 'opossum'] });
});

it('does nothing once the client is closed', async () => {
  const http = createHttpClient();
  await http.close();
  http.prepare();
  await caught('core.closed', http.request({ url: 'https://hub.example/' }));
});
