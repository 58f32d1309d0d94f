import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { findNode, isSupported } from '../bin/node-version.js';

it.each([
  ['20.20.2', false],
  ['22.13.0', false],
  ['22.23.2', false],
  ['22.23.3', true],
  ['22.24.0', true],
  ['23.11.1', false],
  ['24.20.0', false],
  ['24.21.0', true],
  ['26.0.0', true],
])('Node %s: %j', (version, supported) => {
  expect(isSupported(version)).toBe(supported);
});

it('finds the Node that stands beside the package, or above it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'modelkeep-node-'));
  try {
    const url = pathToFileURL(join(folder, 'node_modules/@modelkeep/cli/bin/modelkeep.js')).href;
    const missing = findNode(url);
    expect(missing === undefined || !missing.startsWith(folder)).toBe(true);
    await mkdir(join(folder, 'node_modules/node/bin'), { recursive: true });
    await writeFile(join(folder, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node'), '');
    expect(findNode(url)?.startsWith(join(folder, 'node_modules/node/bin'))).toBe(true);
  } finally {
    await rm(folder, { recursive: true });
  }
});
