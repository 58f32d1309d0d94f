import { basename, resolve } from 'node:path';
import { isModelkeepError, ModelkeepError, type VolumeFile } from '@modelkeep/core';
import { machineId as thisMachine, systemCodeOf } from '@modelkeep/io';
import type { StoreContext } from '../store-context.ts';
import { volumeLayout } from '../volume/layout.ts';
import { openVolume, readVolumeFile } from '../volume/open-volume.ts';
import { openVolumeLocks, type LockKind } from '../volume/volume-locks.ts';
import { reconcileVolume } from './reconcile-volume.ts';
import { recordsOn } from './records-on.ts';
import type { ListedVolume } from './volume-list.ts';
import { hintsOf } from './open-other.ts';
import { requireVolume } from './require-volume.ts';
import type { VolumeSet } from './volume-set.ts';

/** A volume of a library. Plain data. */
export interface VolumeInfo {
  readonly volumeId: string;
  /** What people call it; `first` is the library's own folder. */
  readonly label: string;
  readonly isFirst: boolean;
  /** Where it is on this machine, absolute; of an offline one where it was, null where that is not known. */
  readonly path: string | null;
  /** `offline`: its drive is not connected. Its models are neither missing nor garbage. */
  readonly state: 'online' | 'offline';
  /** `read`: models on it can be used, and nothing on it is changed; null while it is offline. */
  readonly mode: 'read' | 'write' | null;
  /** How models are kept there; null while it is offline. */
  readonly store: VolumeFile['store'] | null;
  readonly freeBytes: number | null;
  readonly models: number;
  readonly bytes: number;
  /** Whether new models go there. */
  readonly isDefault: boolean;
  /** Types of models that go there whatever the default is. */
  readonly types: readonly string[];
}

/** What a volume is for. */
export interface VolumeSettings {
  /** One that no other volume has. */
  readonly label?: string | undefined;
  /** Types of new models that go there: `lora`, `llm`. */
  readonly types?: readonly string[] | undefined;
  /** Whether all other new models go there. */
  readonly isDefault?: boolean | undefined;
}

/** @internal What changes the list of volumes. */
export interface VolumeManager {
  list(): Promise<readonly VolumeInfo[]>;
  add(path: string, settings?: VolumeSettings): Promise<VolumeInfo>;
  change(reference: string, settings: VolumeSettings): Promise<VolumeInfo>;
  remove(reference: string, options?: { readonly withModels?: boolean | undefined }): Promise<void>;
}

/** @internal */
export function createVolumeManager(
  set: VolumeSet & { readonly first: StoreContext },
  {
    machineId = thisMachine(),
    lockKind,
  }: { readonly machineId: string | undefined; readonly lockKind: LockKind | undefined },
): VolumeManager {
  const { first } = set;

  async function list(): Promise<VolumeInfo[]> {
    await set.refresh();
    const count = await countModels(set);
    const { volumeId } = first.volume;
    const online = set.attached();
    const infos: VolumeInfo[] = [];
    for (const entry of [null, ...set.list.volumes]) {
      const id = entry?.volumeId ?? volumeId;
      const here = online.find(({ context }) => context.volume.volumeId === id);
      const { models, bytes } = count.get(entry === null ? undefined : id) ?? { models: 0, bytes: 0 };
      infos.push({
        volumeId: id,
        label: entry?.label ?? 'first',
        isFirst: entry === null,
        path: here?.context.layout.root ?? entry?.paths[machineId] ?? null,
        state: here === undefined ? 'offline' : 'online',
        mode: here?.mode ?? null,
        store: here?.context.volume.store ?? null,
        freeBytes: here === undefined ? null : await first.io.freeBytes(here.context.layout.root),
        models,
        bytes,
        isDefault: set.list.defaultVolumeId === (entry === null ? null : id),
        types: entry?.types ?? [],
      });
    }
    return infos;
  }

  async function infoOf(volumeId: string): Promise<VolumeInfo> {
    const info = (await list()).find((one) => one.volumeId === volumeId);
    if (info === undefined) throw invalid(volumeId, 'another process has taken the volume out of the library');
    return info;
  }

  return {
    list,
    async add(given, settings = {}) {
      const path = resolve(given);
      refuseNested(set, path);
      const refuse = (): void => {
        // Before the folder becomes a volume: what is refused leaves nothing behind.
        if (settings.label !== undefined) refuseLabel(set.list.volumes, { label: settings.label, volumeId: null });
      };
      const file = await volumeAt(first, { path, lockKind, refuse });
      const hints = await hintsOf(first, path);
      const known = set.list.volumes.find(({ volumeId }) => volumeId === file.volumeId);
      await set.change((present) => {
        const label = settings.label ?? known?.label ?? freeLabel(present.volumes, basename(path));
        refuseLabel(present.volumes, { label, volumeId: file.volumeId });
        const entry: ListedVolume = {
          ...known,
          volumeId: file.volumeId,
          label,
          types: settings.types ?? known?.types ?? [],
          paths: { ...known?.paths, [machineId]: path },
          ...hints,
          wasAway: true,
        };
        const others = present.volumes.filter(({ volumeId }) => volumeId !== file.volumeId);
        return withDefault({ ...present, volumes: [...others, entry] }, file.volumeId, settings);
      });
      return infoOf(file.volumeId);
    },
    async change(reference, settings) {
      const entry = requireVolume(set, reference);
      const id = entry?.volumeId ?? null;
      if (entry === null && (settings.label !== undefined || settings.types !== undefined))
        throw invalid('first', 'the first volume has no label and no types of its own');
      await set.change((present) => {
        if (entry !== null && settings.label !== undefined)
          refuseLabel(present.volumes, { label: settings.label, volumeId: entry.volumeId });
        const volumes = present.volumes.map((one) =>
          one.volumeId === id
            ? { ...one, label: settings.label ?? one.label, types: settings.types ?? one.types }
            : one,
        );
        return withDefault({ ...present, volumes }, id, settings);
      });
      return infoOf(id ?? first.volume.volumeId);
    },
    async remove(reference, { withModels = false } = {}) {
      const entry = requireVolume(set, reference);
      if (entry === null) throw inUse(first.volume.volumeId, (await countModels(set)).get(undefined)?.models ?? 0);
      const { volumeId } = entry;
      const here = set.online().find(({ volume }) => volume.volumeId === volumeId);
      if (here !== undefined) await reconcileVolume(here);
      const ids: string[] = [];
      for await (const { id } of recordsOn(first, new Set([volumeId]))) ids.push(id);
      if (ids.length > 0 && !withModels) throw inUse(volumeId, ids.length);
      await set.change((present) => ({
        ...present,
        defaultVolumeId: present.defaultVolumeId === volumeId ? null : present.defaultVolumeId,
        volumes: present.volumes.filter((one) => one.volumeId !== volumeId),
      }));
      await first.index.remove(ids);
    },
  };
}

async function countModels(set: VolumeSet): Promise<Map<string | undefined, { models: number; bytes: number }>> {
  const count = new Map<string | undefined, { models: number; bytes: number }>();
  const [first] = set.online();
  if (first === undefined) return count;
  const all = new Set(['', ...set.offline(), ...set.online().map(({ volume }) => volume.volumeId)]);
  for await (const { place, sizeBytes } of recordsOn(first, all)) {
    const id = place.kind === 'library' ? place.volumeId : undefined;
    const { models, bytes } = count.get(id) ?? { models: 0, bytes: 0 };
    count.set(id, { models: models + 1, bytes: bytes + sizeBytes });
  }
  return count;
}

interface VolumePlace {
  readonly path: string;
  readonly lockKind: LockKind | undefined;
  /** Is called before a volume is made, and throws where there is to be none. */
  readonly refuse: () => void;
}

/** Makes the volume, or takes one of this library. */
async function volumeAt(first: StoreContext, { path, lockKind, refuse }: VolumePlace): Promise<VolumeFile> {
  const { fileSystem, io, sqlite, logger, clock } = first;
  const { libraryId } = first.volume;
  const present = await readVolumeFile(fileSystem, volumeLayout(path)).catch((error: unknown) => {
    if (isModelkeepError(error, 'io.not-found')) return undefined;
    throw systemCodeOf(error) === 'ENOTDIR' ? invalid(path, 'it is no folder') : error;
  });
  if (present === undefined) {
    refuse();
    const lock = async ({ locks: folder, root }: { readonly locks: string; readonly root: string }) =>
      (await openVolumeLocks({ root, folder, kind: lockKind, io, sqlite, logger })).acquire('create');
    return (await openVolume({ root: path, mode: 'write', create: true, libraryId, fileSystem, clock, lock })).file;
  }
  if (present.libraryId !== libraryId) throw invalid(path, 'it belongs to another library: import that one instead');
  if (present.volumeId === first.volume.volumeId) throw invalid(path, 'it is the first volume, or a copy of it');
  return present;
}

/** A volume within a volume would be taken for a folder of models. */
function refuseNested(set: VolumeSet, path: string): void {
  for (const { layout } of set.online()) {
    const inside = (one: string, other: string): boolean => one !== other && `${one}/`.startsWith(`${other}/`);
    if (inside(path, layout.root) || inside(layout.root, path) || path === layout.root) {
      if (path === layout.root && layout.root !== set.online()[0]?.layout.root) return;
      throw invalid(path, `it and the volume ${layout.root} are not apart`);
    }
  }
}

function withDefault<T extends { readonly defaultVolumeId: string | null }>(
  list: T,
  id: string | null,
  { isDefault }: VolumeSettings,
): T {
  if (isDefault === undefined) return list;
  if (isDefault) return { ...list, defaultVolumeId: id };
  return list.defaultVolumeId === id ? { ...list, defaultVolumeId: null } : list;
}

/** What stands for the library's own folder, and for all volumes. */
const RESERVED: ReadonlySet<string> = new Set(['first', 'all']);

function freeLabel(volumes: readonly ListedVolume[], wanted: string): string {
  const base = wanted === '' || RESERVED.has(wanted) ? 'volume' : wanted.slice(0, 190);
  for (let number = 1; ; number += 1) {
    const label = number === 1 ? base : `${base}-${number}`;
    if (volumes.every((one) => one.label !== label)) return label;
  }
}

function refuseLabel(
  volumes: readonly ListedVolume[],
  { label, volumeId }: { label: string; volumeId: string | null },
): void {
  const isGood = label.trim() !== '' && label.length <= 200 && !RESERVED.has(label);
  if (isGood && volumes.every((one) => one.volumeId === volumeId || one.label !== label)) return;
  throw new ModelkeepError('core.invalid-argument', {
    message: `${JSON.stringify(label)} cannot be the label of the volume`,
    facts: { argument: 'label', found: label },
    hint: 'choose one that no other volume has',
  });
}

function inUse(volumeId: string, models: number): ModelkeepError {
  return new ModelkeepError('library.volume-in-use', {
    message: `the volume ${volumeId} is not taken out of the library: it has ${models} models, or is the first one`,
    facts: { volumeId, models },
    hint: 'move its models to another volume first, or say that they may go with it: nothing on it is deleted',
  });
}

function invalid(path: string, reason: string): ModelkeepError {
  return new ModelkeepError('library.invalid', {
    message: `${path} cannot be a volume of the library: ${reason}`,
    facts: { path, reason },
    hint: 'name an empty folder, or one that was a volume of this library',
  });
}
