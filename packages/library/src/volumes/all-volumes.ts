import { startOperation, type Operation, type Progress } from '@modelkeep/core';
import { findDoubled } from '../external/doubled-models.ts';
import { joinDoubled } from '../external/join-doubled.ts';
import { blobStatus } from '../blobs/blob-store.ts';
import { findBlob } from '../blobs/recall-blob.ts';
import { giveUpSpareRoom } from '../room/spare-room.ts';
import { collectGarbage } from '../gc/collect-garbage.ts';
import type { GcOptions, GcReport } from '../gc/gc-report.ts';
import { computeHashes, type ComputeHashesOptions, type ComputeHashesReport } from '../models/compute-hashes.ts';
import { resolveReference } from '../models/resolve-reference.ts';
import { verifyModels } from '../models/verify-models.ts';
import type { VerifyOptions, VerifyReport } from '../models/verify-report.ts';
import { withKnownCopies } from '../repair/known-copies.ts';
import { repairModels } from '../repair/repair-models.ts';
import type { RepairOptions, RepairReport } from '../repair/repair-report.ts';
import type { StoreContext } from '../store-context.ts';
import { findContents, type WantedContent } from '../transaction/find-contents.ts';
import type { StoredContent, WantedFile } from '../transaction/stored-file.ts';
import { beginTransaction, type BeginOptions, type Transaction } from '../transaction/transaction.ts';
import { readUsage, type LibraryUsage } from '../usage/read-usage.ts';
import { copyContent } from './copy-content.ts';
import type { VolumeSet } from './volume-set.ts';

/** @internal Verifies every volume that is here. */
export async function verifyAll(set: VolumeSet, options: VerifyOptions = {}): Promise<VerifyReport> {
  const sum = { models: 0, files: 0, bytesHashed: 0 };
  const problems: VerifyReport['problems'][number][] = [];
  const apart: VerifyReport['apart'][number][] = [];
  const unsafe: VerifyReport['unsafe'][number][] = [];
  for (const context of set.online()) {
    const before = sum.bytesHashed;
    const { onProgress } = options;
    const report = await verifyModels(context, {
      ...options,
      onProgress: (bytes, file) => onProgress?.(before + bytes, file),
    });
    sum.models += report.models;
    sum.files += report.files;
    sum.bytesHashed += report.bytesHashed;
    problems.push(...report.problems);
    apart.push(...report.apart);
    unsafe.push(...report.unsafe);
  }
  const [first] = set.online();
  const doubled = first === undefined ? [] : await findDoubled(first, options.signal);
  return { ...sum, problems, apart, unsafe, doubled };
}

/** @internal Mends what each volume that can be written holds of what was found. */
export async function repairAll(
  set: VolumeSet & { readonly first: StoreContext },
  found: VerifyReport,
  options?: RepairOptions,
): Promise<RepairReport> {
  const repaired: RepairReport['repaired'][number][] = [];
  const bad: RepairReport['bad'][number][] = [];
  let bytesSaved = 0;
  for (const { context, mode } of set.attached()) {
    if (mode === 'read') continue;
    const report = await repairModels(context, found, options);
    repaired.push(...report.repaired);
    const { volumeMark: volumeId } = context;
    bad.push(...(volumeId === undefined ? report.bad : report.bad.map((one) => ({ ...one, volumeId }))));
    bytesSaved += report.bytesSaved;
  }
  // What is not whole in the library may be needed from outside.
  const damaged = new Set(found.problems.map(({ modelId }) => modelId));
  const whole = found.doubled.filter(({ modelId }) => !damaged.has(modelId));
  return {
    repaired,
    bad: await withKnownCopies(set.first, bad),
    bytesSaved,
    joined: await joinDoubled(set.first, whole, options),
  };
}

/** @internal Each volume has its own garbage: what is on a drive that is not here is not looked at. */
export function collectAll(set: VolumeSet, options: GcOptions & { readonly before: () => void }): Operation<GcReport> {
  return startOperation(async (report) => {
    // What makes room needs some itself.
    if (options.dryRun !== true) await giveUpSpareRoom(set);
    const reports: GcReport[] = [];
    for (const { context, mode } of set.attached()) {
      if (mode === 'read' && options.dryRun !== true && context.volumeMark !== undefined) continue;
      const operation = collectGarbage(context, options);
      const stop = operation.progress.subscribe((progress: Partial<Progress>) => report(progress));
      try {
        const one = await operation.result;
        const { volumeMark: volumeId } = context;
        reports.push(
          volumeId === undefined ? one : { ...one, items: one.items.map((item) => ({ ...item, volumeId })) },
        );
      } finally {
        stop();
      }
    }
    return added(reports);
  });
}

function added(reports: readonly GcReport[]): GcReport {
  const sum = (of: (report: GcReport) => number): number => reports.reduce((total, report) => total + of(report), 0);
  const moved = reports.flatMap((report) => report.moved ?? []);
  return {
    dryRun: reports.some(({ dryRun }) => dryRun),
    items: reports.flatMap(({ items }) => items),
    restored: reports.flatMap(({ restored }) => restored),
    ...(moved.length === 0 ? {} : { moved }),
    needed: sum(({ needed }) => needed),
    young: sum(({ young }) => young),
    bytesToTrash: sum(({ bytesToTrash }) => bytesToTrash),
    bytesReclaimable: sum(({ bytesReclaimable }) => bytesReclaimable),
    bytesFreed: sum(({ bytesFreed }) => bytesFreed),
  };
}

/** @internal The room that all volumes that are here take. */
export async function usageOfAll(set: VolumeSet, signal?: AbortSignal): Promise<LibraryUsage> {
  const [first, ...others] = set.online();
  if (first === undefined) throw new Error('a library has a first volume');
  let total = await readUsage(first, signal);
  for (const context of others) {
    const one = await readUsage(context, signal);
    const isKnown = total.bytesReclaimable !== null && one.bytesReclaimable !== null;
    total = {
      bytesApparent: total.bytesApparent + one.bytesApparent,
      bytesOnDisk: total.bytesOnDisk + one.bytesOnDisk,
      bytesShared: total.bytesShared + one.bytesShared,
      bytesInTrash: total.bytesInTrash + one.bytesInTrash,
      bytesInQuarantine: total.bytesInQuarantine + one.bytesInQuarantine,
      bytesUnfinished: total.bytesUnfinished + one.bytesUnfinished,
      bytesReclaimable: isKnown ? (total.bytesReclaimable ?? 0) + (one.bytesReclaimable ?? 0) : null,
      reclaimableUnknown: total.reclaimableUnknown ?? one.reclaimableUnknown,
    };
  }
  return total;
}

/** @internal */
export async function computeHashesOfAll(
  set: VolumeSet & { readonly first: StoreContext },
  options: ComputeHashesOptions = {},
): Promise<ComputeHashesReport> {
  const { models: references } = options;
  const wanted = new Map<StoreContext, string[] | undefined>();
  if (references === undefined) {
    for (const { context, mode } of set.attached()) if (mode === 'write') wanted.set(context, undefined);
  } else {
    for (const reference of references) {
      const context = await set.contextOf(await resolveReference(set.first.index, reference), 'write');
      wanted.set(context, [...(wanted.get(context) ?? []), reference]);
    }
  }
  const sum = { models: 0, bytesHashed: 0, corrupt: [] as string[] };
  for (const [context, models] of wanted) {
    const report = await computeHashes(context, { ...options, models });
    sum.models += report.models;
    sum.bytesHashed += report.bytesHashed;
    sum.corrupt.push(...report.corrupt);
  }
  return sum;
}

/** @internal Content that any volume that is here has. */
export async function findInAll(
  set: VolumeSet,
  wanted: readonly WantedContent[],
  signal?: AbortSignal,
): Promise<readonly (StoredContent | null)[]> {
  const found: (StoredContent | null)[] = wanted.map(() => null);
  for (const context of set.online()) {
    if (found.every((content) => content !== null)) break;
    for (const [position, content] of (await findContents(context, wanted, { signal })).entries())
      found[position] ??= content;
  }
  return found;
}

/** @internal Begins on one volume; what another one has is copied from there, and not fetched. */
export async function beginOn(
  context: StoreContext,
  files: readonly WantedFile[],
  options: BeginOptions & { readonly online: readonly StoreContext[] },
): Promise<Transaction> {
  const transaction = await beginTransaction(context, files, options);
  if (options.renew === true) return transaction;
  try {
    for (const file of transaction.files) {
      const { content, sha256, sizeBytes } = file;
      if (content !== null || sha256 === null) continue;
      for (const other of options.online) {
        if (other.volume.volumeId === context.volume.volumeId) continue;
        const status = (await blobStatus(other, sha256)) ?? (await findBlob(other, sha256));
        if (status === null || (sizeBytes !== null && status.sizeBytes !== sizeBytes)) continue;
        const { signal } = options;
        const isCopied = await copyContent(other, { transaction, file, signal }).then(
          () => true,
          (error: unknown) => {
            signal?.throwIfAborted();
            other.logger.warn('content of another volume cannot be copied', { sha256, reason: String(error) });
            return false;
          },
        );
        if (isCopied) break;
      }
    }
    return transaction;
  } catch (error) {
    await transaction.abandon(context.logger, { keepParts: true });
    throw error;
  }
}
