import { createHash } from 'node:crypto';
import { systemClock, type Clock, type ModelSource } from '@modelkeep/core';
import { buildFluxLora, buildVae } from '@modelkeep/testing';
import type { LibraryStore } from '../open-library-store.ts';
import type { WantedFile } from '../transaction/stored-file.ts';
import type { Drive } from './model-store.test-helper.ts';

/** Small, and still what it says it is. */
export const lora: Uint8Array = buildFluxLora({ scale: 0.005 });
export const otherLora: Uint8Array = buildFluxLora({ scale: 0.005, metadata: { note: 'another' } });
export const vae: Uint8Array = buildVae({ kind: 'sd', scale: 0.005 });
export const SOURCES = '/sources';

/** A file that is there and durable. */
export async function place({ fileSystem }: Drive, path: string, data: Uint8Array | string): Promise<void> {
  let folder = '';
  for (const segment of path.split('/').slice(1, -1)) {
    const parent = folder === '' ? '/' : folder;
    folder = `${folder}/${segment}`;
    await fileSystem.mkdir(folder).catch(() => {});
    await fileSystem.fsyncFolder(parent);
  }
  await fileSystem.writeFile(path, { data });
  await fileSystem.fsyncFolder(folder);
}

/** What is imported in the proofs. */
export async function placeSources(drive: Drive): Promise<void> {
  await place(drive, `${SOURCES}/one/line.safetensors`, lora);
  await place(drive, `${SOURCES}/one/line.json`, '{"notes": "first"}');
  await place(drive, `${SOURCES}/two/vae.safetensors`, vae);
  await place(drive, `${SOURCES}/two/same.safetensors`, lora);
}

export async function importSources(store: LibraryStore, names: readonly string[] = ['one', 'two']): Promise<void> {
  await store.import(names.map((name) => `${SOURCES}/${name}`)).result;
}

/** Moves in what models are still outside: of another try, which was cut off, a text may be left alone. */
export async function moveSources(store: LibraryStore, drive: Drive): Promise<void> {
  const left = [...(await filesBelow(drive, SOURCES)).keys()];
  if (left.some((path) => path.endsWith('.safetensors'))) await store.import([SOURCES], { mode: 'move' }).result;
}

export function sha256Of(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A download as a hub's client does it: parts are written, published, and committed together. */
export async function download(
  store: LibraryStore,
  drive: Drive,
  { commit, files }: { readonly commit: string; readonly files: Readonly<Record<string, Uint8Array>> },
): Promise<void> {
  const source: ModelSource = {
    provider: 'hf',
    endpoint: 'https://hub.example',
    repo: 'acme/x',
    revision: 'main',
    commit: commit.repeat(40),
    path: null,
  };
  const wanted = Object.entries(files).map(([name, bytes]): WantedFile => ({
    name,
    sizeBytes: bytes.byteLength,
    sha256: sha256Of(bytes),
    gitSha1: null,
    source: { ...source, path: name },
  }));
  const transaction = await store.begin(wanted);
  for (const { name, part, content, sizeBytes, sha256 } of transaction.files) {
    if (content !== null) continue;
    await drive.fileSystem.writeFile(part, { data: files[name] ?? '' });
    await transaction.publish(name, {
      sizeBytes: sizeBytes ?? 0,
      sha256: sha256 ?? '',
      blake3: 'd'.repeat(64),
      gitSha1: null,
    });
  }
  await transaction.commit({ sourceName: 'x', sourceGroup: 'hf:acme/x', layers: {} });
}

/** The clock of the system, so many hours later. */
export function hoursLater(hours: number): Clock {
  return { ...systemClock, now: () => systemClock.now() + hours * 3_600_000 };
}

const ownFolders = new Set(['blobs', '.modelkeep', 'external']);

/** Every file below a folder with its bytes, by its path. */
export async function filesBelow({ fileSystem }: Drive, folder: string): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  const walk = async (path: string): Promise<void> => {
    for (const { name, kind } of await fileSystem.readdir(path).catch(() => [])) {
      const below = `${path}/${name}`;
      if (kind === 'folder') await walk(below);
      else files.set(below, await fileSystem.readFile(below, { maxBytes: 1e9 }));
    }
  };
  await walk(folder);
  return files;
}

/** What must hold at any time, whatever happened: @returns what does not. */
export async function brokenInvariants(drive: Drive, root: string): Promise<string[]> {
  const broken: string[] = [];
  for (const [path, bytes] of await filesBelow(drive, `${root}/blobs/sha256`)) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (sha256Of(bytes) !== name) broken.push(`${path} holds other bytes`);
  }
  for (const { name, kind } of await drive.fileSystem.readdir(root).catch(() => [])) {
    if (kind !== 'folder' || ownFolders.has(name)) continue;
    for (const [path, bytes] of await filesBelow(drive, `${root}/${name}`)) {
      if (!path.endsWith('/metadata.json')) continue;
      try {
        JSON.parse(Buffer.from(bytes).toString());
      } catch {
        broken.push(`${path} is neither the old nor the new one`);
      }
    }
  }
  return broken;
}
