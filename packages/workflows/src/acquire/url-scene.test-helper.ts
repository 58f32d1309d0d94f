import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '@modelkeep/core';
import { buildFluxLora, buildFluxModel } from '@modelkeep/testing';
import { startFileServer, type FileServer, type ServedFile } from '../file-server.test-helper.ts';
import { tempFolder } from '../workspace.test-helper.ts';
import { openWorkspace } from '../workspace/open-workspace.ts';
import type { OpenWorkspaceOptions } from '../workspace/open-workspace-options.ts';
import type { Workspace } from '../workspace/workspace.ts';

export const lora: Uint8Array = buildFluxLora();
export const big: Uint8Array = buildFluxModel({ scale: 2 });
export const sha256Of = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');
/** The query of a signed address. */
export const CANARY = 'X-Signature=canary0123456789';

/** A web server and a library that may ask it. */
export interface Scene extends AsyncDisposable {
  readonly server: FileServer;
  readonly root: string;
  readonly workspace: Workspace;
  readonly options: OpenWorkspaceOptions;
  readonly log: string[];
}

export async function openScene(files: Readonly<Record<string, ServedFile>>): Promise<Scene> {
  const folder = await tempFolder();
  const server = await startFileServer(files);
  const root = folder.join('library');
  const log: string[] = [];
  const note = (message: string, facts?: object): void => void log.push(message, JSON.stringify(facts));
  const logger: Logger = { debug: note, info: note, warn: note, error: note };
  const options: OpenWorkspaceOptions = { root, privateOrigins: 'all', hub: { token: 'hf_canary_of_the_hub' }, logger };
  const workspace = await openWorkspace(options);
  return {
    server,
    root,
    workspace,
    options,
    log,
    async [Symbol.asyncDispose]() {
      await workspace.close();
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** All that a library has on disk, names and contents, but for the weights themselves. */
export async function allText(root: string): Promise<string> {
  const texts: string[] = [];
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    texts.push(entry.name);
    if (!entry.isFile() || entry.name.endsWith('.part')) continue;
    texts.push(await readFile(join(entry.parentPath, entry.name), 'latin1'));
  }
  return texts.join('\n');
}
