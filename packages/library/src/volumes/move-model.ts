import {
  startOperation,
  isModelkeepError,
  newId,
  type ModelFile,
  type ModelRecord,
  type Operation,
  type Progress,
} from '@modelkeep/core';
import { lockOf, readSameModel } from '../models/change-model.ts';
import { findSameModel } from '../models/find-same-model.ts';
import { planRemoval, type RemovalPlan } from '../models/removal-plan.ts';
import { releaseModel } from '../models/release-model.ts';
import type { FoundModel } from '../models/walk-models.ts';
import { evicted, leasedModels } from '../room/leases.ts';
import { giveUpSpareRoom } from '../room/spare-room.ts';
import { withLock, type StoreContext } from '../store-context.ts';
import { finishing } from '../transaction/finishing.ts';
import { beginTransaction, type Transaction } from '../transaction/transaction.ts';
import { trashName } from '../volume/trash.ts';
import { copyContent } from './copy-content.ts';
import { findOnDisk } from './find-on-disk.ts';
import { inUse, isThereAlready, restless } from './move-errors.ts';
import { requireVolume } from './require-volume.ts';
import type { VolumeSet } from './volume-set.ts';

/** How a model goes to another volume. */
export interface MoveModelOptions {
  /** Id, start of an id or label of the volume; `first` is the library's own folder. */
  readonly to: string;
  /** Is called when the model is there, and before it leaves where it was: what leads to its files can be led there. */
  readonly onArrived?: ((model: ModelRecord) => Promise<void>) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What was moved. Plain data. */
export interface MoveReport {
  readonly model: ModelRecord;
  readonly bytesCopied: number;
  /** Bytes that were on the volume already. */
  readonly bytesPresent: number;
  /** Files in the old folder that are not the library's and stay there. */
  readonly kept: readonly string[];
  /** Bytes on the old volume that no other model needs: the next collection of garbage gives them back. */
  readonly bytesToCollect: number;
}

const ATTEMPTS = 3;

/**
 * @internal Moves a model between volumes: its bytes are copied and compared, it is committed there by one rename, and then
 * taken out of where it was. Whatever happens in between, it is whole on the one, on the other or for a moment on both.
 *
 * @throws `library.volume-not-found`, `library.volume-offline`, `library.read-only`, `library.damaged-entry` for bytes that
 * are not what they should be, `io.disk-full`
 */
export function moveModel(
  set: VolumeSet,
  reference: string,
  options: MoveModelOptions & { readonly before: () => void },
): Operation<MoveReport> {
  return startOperation(async (report) => {
    options.before();
    const { signal } = options;
    report({ phase: 'planning' });
    // Another process may have added the volume, or its drive was connected meanwhile.
    await set.refresh();
    const { record, source } = await findOnDisk(set, reference);
    const volumeId = requireVolume(set, options.to)?.volumeId;
    const target = await set.contextOf({ place: { kind: 'library', volumeId } }, 'write');
    if (source === target || source.volume.volumeId === target.volume.volumeId) return nothing(record);
    await giveUpSpareRoom(set);
    for (let attempt = 1; ; attempt += 1) {
      const done = await tryToMove({ source, target, record, options, report }).catch(async (error: unknown) => {
        const isElsewhere =
          isModelkeepError(error, 'io.not-found') || isModelkeepError(error, 'library.model-not-found');
        // Another process was asked for the same, and was first.
        const now = isElsewhere ? await target.index.get(record.id) : null;
        if (now === null || set.homeOf(now).volume.volumeId !== target.volume.volumeId) throw error;
        return nothing(now);
      });
      if (done !== null) {
        report({ phase: 'done', fraction: 1, file: null });
        return done;
      }
      if (attempt === ATTEMPTS) throw restless(record);
      signal?.throwIfAborted();
    }
  });
}

interface TriedMove {
  readonly source: StoreContext;
  readonly target: StoreContext;
  readonly record: ModelRecord;
  readonly options: MoveModelOptions;
  readonly report: (change: Partial<Progress>) => void;
}

async function tryToMove({ record, ...move }: TriedMove): Promise<MoveReport | null> {
  const found = await readSameModel(move.source, record);
  if (found.metadata.evictedAt !== undefined) throw evicted(found.record);
  const same = await findSameModel(move.target, found.metadata);
  if (same !== null && same.metadata.id !== record.id) throw isThereAlready(same);
  return moveOnce({ ...move, found });
}

interface MoveOnce extends Omit<TriedMove, 'record'> {
  readonly found: FoundModel;
}

/** @returns null when the model got other files while its files were copied */
async function moveOnce({ source, target, found, options, report }: MoveOnce): Promise<MoveReport | null> {
  const { signal, onArrived } = options;
  const { metadata } = found;
  const transaction = await beginTransaction(
    target,
    // The hash is name enough: two of its files may be one content.
    contentsOf(metadata).map(({ sizeBytes, sha256, gitSha1, source: origin }) => ({
      name: sha256,
      sizeBytes,
      sha256,
      gitSha1,
      source: origin ?? { provider: 'local', endpoint: null, repo: null, revision: null, commit: null, path: null },
    })),
    { signal },
  );
  try {
    const bytes = await copyContents(source, { transaction, report, signal });
    // Reading files whole comes before the locks, which others wait for.
    const plan = await planRemoval(source, found, signal);
    const outcome = await withLock(source, lockOf(metadata), () =>
      commitMove({ source, target, found, transaction, plan, onArrived, signal }),
    );
    if (outcome === null) {
      await transaction.discard();
      return null;
    }
    await transaction.discard();
    const { kept, bytesToCollect } = outcome.plan;
    return { model: outcome.model, ...bytes, kept, bytesToCollect };
  } catch (error) {
    await transaction.abandon(target.logger);
    throw error;
  }
}

/** What a model needs, each content once: its files, and what newer ones have taken the place of. */
function contentsOf({ files, replaced = [] }: FoundModel['metadata']): ModelFile[] {
  return [...new Map([...files, ...replaced].map((file) => [file.sha256, file])).values()];
}

interface CommitMove {
  readonly source: StoreContext;
  readonly target: StoreContext;
  readonly found: FoundModel;
  readonly transaction: Transaction;
  readonly plan: RemovalPlan;
  readonly onArrived: MoveModelOptions['onArrived'];
  readonly signal: AbortSignal | undefined;
}

async function commitMove(
  move: CommitMove,
): Promise<{ readonly model: ModelRecord; readonly plan: RemovalPlan } | null> {
  const { source, target, found, transaction, onArrived, signal } = move;
  const { id, revision } = found.metadata;
  const now = await readSameModel(source, { id, slug: found.slug });
  if ((await leasedModels(source)).has(id)) throw inUse(now.record);
  const stored = new Set(contentsOf(found.metadata).map(({ sha256 }) => sha256));
  if (contentsOf(now.metadata).some(({ sha256 }) => !stored.has(sha256))) return null;
  const removal = { id, slug: now.slug, trash: trashName(source.clock.now()) };
  const record = { ...removal, toVolumeId: target.volume.volumeId, revision: now.metadata.revision };
  const plan = now.metadata.revision === revision ? move.plan : await planRemoval(source, now, signal);
  const [first = source] = source.volumes?.online() ?? [];
  // One move at a time: two that go opposite ways would wait for each other's locks.
  return withLock(first, 'moves', () =>
    finishing(source, {
      txn: newId(),
      intent: { move: record },
      async work() {
        const { metadata, overrides } = now;
        const model = await transaction.adoptModel({ metadata, overrides, signal });
        await onArrived?.(model);
        await releaseModel(source, { found: now, removal, plan });
        return { model, plan };
      },
    }),
  );
}

interface CopyContents {
  readonly transaction: Transaction;
  readonly report: (change: Partial<Progress>) => void;
  readonly signal: AbortSignal | undefined;
}

async function copyContents(
  source: StoreContext,
  { transaction, report, signal }: CopyContents,
): Promise<Pick<MoveReport, 'bytesCopied' | 'bytesPresent'>> {
  const bytes = { bytesCopied: 0, bytesPresent: 0 };
  const bytesTotal = transaction.files.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
  for (const file of transaction.files) {
    signal?.throwIfAborted();
    const isPresent = file.content !== null;
    const before = bytes.bytesCopied + bytes.bytesPresent;
    const tell = (done: number): void =>
      report({
        phase: 'copying',
        file: file.name,
        bytesDone: before + done,
        bytesTotal,
        fraction: bytesTotal === 0 ? 0 : (before + done) / bytesTotal,
      });
    if (!isPresent) await copyContent(source, { transaction, file, tell, signal });
    bytes[isPresent ? 'bytesPresent' : 'bytesCopied'] += file.sizeBytes ?? 0;
  }
  return bytes;
}

function nothing(model: ModelRecord): MoveReport {
  return { model, bytesCopied: 0, bytesPresent: model.sizeBytes, kept: [], bytesToCollect: 0 };
}
