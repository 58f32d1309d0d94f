import { join } from 'node:path';
import { newId, type ModelRecord } from '@modelkeep/core';
import { machineId as thisMachine } from '@modelkeep/io';
import { settleTrash } from '../gc/settle-trash.ts';
import type { PlacedModel } from '../models/model-folder.ts';
import { withLock, type StoreContext, type Volumes } from '../store-context.ts';
import { recoverTransactions, type RecoveryReport } from '../transaction/recover.ts';
import type { VolumeLayout } from '../volume/layout.ts';
import type { LockKind } from '../volume/volume-locks.ts';
import { findVolume, isThere } from './find-volume.ts';
import { reconcileVolume } from './reconcile-volume.ts';
import { hintsOf, openOther, type AttachedVolume } from './open-other.ts';
import { noVolumes, readVolumeList, writeVolumeList, type ListedVolume, type VolumeList } from './volume-list.ts';
import { offline, readOnlyVolume } from './volume-errors.ts';

/** @internal The volumes of an open library: the first one, and those that its list names. */
export interface VolumeSet extends Volumes {
  readonly list: VolumeList;
  attached(): readonly AttachedVolume[];
  /** Reads the list again and looks where its volumes are: who came back is attached, who went is let go. */
  refresh(): Promise<void>;
  /** Changes the list, alone. */
  change(change: (list: VolumeList) => VolumeList): Promise<void>;
  /** Where a model's volume is, also one that is offline: then where it was. */
  layoutOf(model: PlacedModel): VolumeLayout;
  /** The volume of a model. @throws `library.volume-offline` */
  contextOf(model: Pick<ModelRecord, 'place'>, access?: 'read' | 'write'): Promise<StoreContext>;
  /** Finishes what ended half-way on all volumes. */
  recover(): Promise<RecoveryReport>;
  /** Where the volumes are on this machine, the first one first; of those that are away where they were. */
  places(): readonly string[];
  /** Is called when a volume came back, with the models that got another volume or folder by that. */
  whenMoved(listener: MovedListener): void;
}

/**
 * Is told that a volume came back, maybe at another place, with the ids of models that have got another one by that: what
 * leads to their files is to be led there.
 */
export type MovedListener = (ids: readonly string[]) => Promise<void>;

/** @internal What {@link openVolumeSet} works with. */
export interface VolumeSetOptions {
  /** Without the set itself. */
  readonly first: StoreContext;
  readonly mode: 'read' | 'write';
  readonly lockKind: LockKind | undefined;
  readonly machineId: string | undefined;
}

/** @internal Attaches the volumes that are here. Recovers nothing yet. */
export async function openVolumeSet(options: VolumeSetOptions): Promise<VolumeSet & { readonly first: StoreContext }> {
  const { mode, machineId = thisMachine() } = options;
  const { fileSystem, volume } = options.first;
  const others = new Map<string, AttachedVolume>();
  let list = noVolumes;
  /** Attached at the start, before anything was recovered. */
  const unsettled: ListedVolume[] = [];
  const listeners: MovedListener[] = [];

  const set: VolumeSet & { readonly first: StoreContext } = {
    get list() {
      return list;
    },
    get first() {
      return first;
    },
    attached: () => [{ context: first, mode }, ...others.values()],
    online: () => [first, ...[...others.values()].map(({ context }) => context)],
    offline: () => new Set(list.volumes.map(({ volumeId }) => volumeId).filter((id) => !others.has(id))),
    refresh,
    async change(change) {
      await withLock(first, 'volumes', async () => {
        list = change((await readVolumeList(fileSystem, first.layout)) ?? (await setListAside()));
        await writeVolumeList(fileSystem, first.layout, list);
      });
      await refresh();
    },
    layoutOf({ place }) {
      const id = place?.kind === 'library' ? place.volumeId : undefined;
      const attached = id === undefined ? undefined : others.get(id);
      if (id === undefined || attached !== undefined) return (attached?.context ?? first).layout;
      const path = list.volumes.find(({ volumeId }) => volumeId === id)?.paths[machineId];
      return { ...first.layout, root: path ?? join(first.layout.root, '.modelkeep', 'offline', id) };
    },
    homeOf({ place }) {
      const id = place.kind === 'library' ? place.volumeId : undefined;
      if (id === undefined) return first;
      const attached = others.get(id);
      if (attached !== undefined) return attached.context;
      throw offline(
        id,
        list.volumes.find(({ volumeId }) => volumeId === id),
        machineId,
      );
    },
    async contextOf(model, access = 'read') {
      const id = model.place.kind === 'library' ? model.place.volumeId : undefined;
      if (id !== undefined && !others.has(id)) await refresh();
      const context = set.homeOf(model);
      const isReadOnly = id !== undefined && others.get(id)?.mode === 'read';
      if (access === 'write' && mode === 'write' && isReadOnly) throw readOnlyVolume(context.layout.root);
      return context;
    },
    async recover() {
      const report = await recoverTransactions(first);
      await settleTrash(first);
      const moved = [...(report.moved ?? [])];
      for (const attached of others.values()) moved.push(...(await recoverOne(attached)));
      for (const entry of unsettled.splice(0)) {
        const attached = others.get(entry.volumeId);
        if (attached !== undefined) await settleIn(entry, attached);
      }
      return moved.length === 0 ? report : { ...report, moved };
    },
    places: () => [
      first.layout.root,
      ...list.volumes.flatMap(
        ({ volumeId, paths }) => others.get(volumeId)?.context.layout.root ?? paths[machineId] ?? [],
      ),
    ],
    whenMoved: (listener) => void listeners.push(listener),
  };
  const first: StoreContext = { ...options.first, volumes: set };

  async function setListAside(): Promise<VolumeList> {
    const path = join(first.layout.private, 'volumes.json');
    first.logger.warn('the list of volumes cannot be used and is set aside', { path });
    await fileSystem.rename(path, `${path}.damaged-${newId()}`);
    return noVolumes;
  }

  async function load(): Promise<void> {
    const read = await readVolumeList(fileSystem, first.layout);
    if (read === null) first.logger.warn('the list of volumes cannot be used', { root: first.layout.root });
    else list = read;
  }

  async function refresh(): Promise<void> {
    await load();
    const search = { fileSystem, libraryId: volume.libraryId, root: first.layout.root, machineId };
    for (const [id, { context }] of others) {
      const isListed = list.volumes.some(({ volumeId }) => volumeId === id);
      if (isListed && (await isThere({ ...search, volume: { volumeId: id } }, context.layout.root))) continue;
      others.delete(id);
      if (isListed) await noteAway(id, true);
    }
    const away = list.volumes.filter(({ volumeId }) => !others.has(volumeId));
    for (const entry of away) await attach(entry);
    const back = away.filter(({ volumeId }) => others.has(volumeId));
    if (back.length > 0) await settleReturned(back);
  }

  /** What was under way when a drive went is finished when it is back, also what waits for it on other volumes. */
  async function settleReturned(back: readonly ListedVolume[]): Promise<void> {
    const moved: string[] = [];
    if (mode === 'write') for (const one of set.attached()) moved.push(...(await recoverOne(one)));
    for (const entry of back) {
      const attached = others.get(entry.volumeId);
      if (attached !== undefined) await settleIn(entry, attached);
    }
    for (const listener of listeners) await listener(moved);
  }

  async function attach(entry: ListedVolume): Promise<void> {
    const { volumeId } = entry;
    const search = { fileSystem, libraryId: volume.libraryId, root: first.layout.root, machineId, volume: entry };
    const path = await findVolume(search);
    if (path === null) {
      if (!entry.wasAway) await noteAway(volumeId, true);
      return;
    }
    others.set(volumeId, await openOther(first, { path, mode, lockKind: options.lockKind }));
  }

  /** Its models may have changed elsewhere, and its drive may be mounted somewhere else. */
  async function settleIn(entry: ListedVolume, { context }: AttachedVolume): Promise<void> {
    const { root } = context.layout;
    if (!entry.wasAway && entry.paths[machineId] === root) return;
    if (mode === 'read') return;
    await reconcileVolume(context);
    const hints = await hintsOf(first, root);
    await withLock(first, 'volumes', async () => {
      await load();
      list = {
        ...list,
        volumes: list.volumes.map((one) =>
          one.volumeId === entry.volumeId
            ? { ...one, ...hints, paths: { ...one.paths, [machineId]: root }, wasAway: false }
            : one,
        ),
      };
      await writeVolumeList(fileSystem, first.layout, list);
    });
  }

  async function noteAway(id: string, wasAway: boolean): Promise<void> {
    if (mode === 'read') return;
    await withLock(first, 'volumes', async () => {
      await load();
      list = { ...list, volumes: list.volumes.map((one) => (one.volumeId === id ? { ...one, wasAway } : one)) };
      await writeVolumeList(fileSystem, first.layout, list);
    });
  }

  async function recoverOne(attached: AttachedVolume): Promise<readonly string[]> {
    if (attached.mode === 'read') return [];
    const { moved = [] } = await recoverTransactions(attached.context);
    await settleTrash(attached.context);
    return moved;
  }

  await load();
  for (const entry of list.volumes) {
    await attach(entry);
    if (others.has(entry.volumeId)) unsettled.push(entry);
  }
  return set;
}
