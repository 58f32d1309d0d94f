import type { ArtifactRecord } from '@modelkeep/fleet';
import { buildFluxLora, startHub, type LocalHub, type RepoDefinition } from '@modelkeep/testing';
import { tempFolder } from '../workspace.test-helper.ts';
import { openWorkspace } from '../workspace/open-workspace.ts';
import type { Workspace } from '../workspace/workspace.ts';

export const lora: Uint8Array = buildFluxLora({ scale: 0.02 });
export const other: Uint8Array = buildFluxLora({ scale: 0.02, fillSeed: 7 });
export const text = (content: string): Buffer => Buffer.from(content);
export const repo: RepoDefinition = {
  id: 'acme/lora',
  files: [
    { path: 'line.safetensors', content: lora, storage: 'lfs' },
    { path: 'README.md', content: text('# Thick lines') },
    { path: 'conf/model.json', content: text('{"a": 1}') },
    { path: 'conf/old.json', content: text('{}') },
  ],
};

export async function scene(
  definition: RepoDefinition = repo,
): Promise<{ hub: LocalHub; library: Workspace; open: () => Promise<Workspace>; root: string } & AsyncDisposable> {
  const folder = await tempFolder();
  const hub = await startHub({ repos: [definition] });
  const root = folder.join('library');
  const open = (): Promise<Workspace> => openWorkspace({ root, hub: { endpoint: hub.hubUrl } });
  const library = await open();
  return {
    hub,
    library,
    open,
    root,
    async [Symbol.asyncDispose]() {
      await library.close();
      await hub[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

export const statesOf = (artifacts: readonly ArtifactRecord[]): unknown =>
  artifacts.map(({ path, status }) => [path, status]);
export const idsOf = (artifacts: readonly ArtifactRecord[], ...paths: string[]): string[] =>
  artifacts.filter(({ path }) => paths.includes(path)).map(({ id }) => id);
