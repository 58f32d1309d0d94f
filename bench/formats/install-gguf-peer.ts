import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Exactly what is compared with; raised by hand. */
const peers = { '@huggingface/gguf': '0.4.6' };
const folder = join(import.meta.dirname, '../node_modules/.cache/formats');

/** What of `@huggingface/gguf` is measured. */
export type ReadGguf = (path: string, options: { readonly allowLocalFile: true }) => Promise<unknown>;

/** Installs the peer out of the way of the workspace, once; undefined where it cannot be, which is said. */
export async function installGgufPeer(): Promise<ReadGguf | undefined> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module', dependencies: peers }));
  const args = ['install', '--prefix', folder, '--prefer-offline', '--no-audit', '--no-fund'];
  const { status, stderr } = spawnSync('npm', args, { encoding: 'utf8' });
  if (status !== 0) {
    console.log(`not measured, because npm failed: ${stderr.trim().split('\n').at(-1)}`);
    return undefined;
  }
  const entry = createRequire(join(folder, 'package.json')).resolve('@huggingface/gguf');
  const { gguf } = (await import(pathToFileURL(entry).href)) as { readonly gguf: ReadGguf };
  return gguf;
}
