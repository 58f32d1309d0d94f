import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { isModelkeepError, ModelkeepError, type ModelRecord } from '@modelkeep/core';
import { decodeProcessIdentity, encodeProcessIdentity, processIdentity, processLiveness } from '@modelkeep/io';
import { statusAt } from '../files/status-at.ts';
import { readFolder } from '../gc/trash.ts';
import { lockOf, readSameModel } from '../models/change-model.ts';
import { onDisk } from '../models/on-disk.ts';
import { withLock, type StoreContext } from '../store-context.ts';
import { marked } from '../volumes/volume-index.ts';
import { ensureRealFolder } from '../volume/require-real-folders.ts';

/** A lease of a process of which nothing can be said from here holds so long after it was last renewed. */
const HOLDS_FOR_MS = 60 * 60 * 1_000;
const RENEW_EVERY_MS = HOLDS_FOR_MS / 4;
const NAME = /^(?<modelId>[0-9a-f-]{36})\.(?<owner>[0-9a-z-]{1,100})\.[0-9a-f]{8}$/u;

/** Says that an app works with the files of a model. They stay until it is released, or its process has ended. */
export interface ModelLease extends AsyncDisposable {
  readonly model: ModelRecord;
  release(): Promise<void>;
}

/**
 * @internal Takes a lease: a file whose name says whose it is. Under the lock that an eviction takes as well, so that what
 * is leased is there, and stays.
 *
 * @throws `library.model-evicted`, `library.model-not-found`, `library.ambiguous-id`, `io.*`
 */
export async function leaseModel(context: StoreContext, reference: string, signal?: AbortSignal): Promise<ModelLease> {
  return onDisk(context, reference, (model, home) => {
    const folder = leaseFolder(home);
    const { fileSystem } = home;
    const take = async (): Promise<ModelLease> => {
      const { record, metadata } = await readSameModel(home, model);
      if (metadata.evictedAt !== undefined) throw evicted(record);
      await ensureRealFolder(fileSystem, home.layout.root, folder);
      const owner = encodeProcessIdentity(processIdentity());
      const path = join(folder, `${model.id}.${owner}.${randomBytes(4).toString('hex')}`);
      // Not fsynced: after a power loss nobody works with it any more.
      await (await fileSystem.createAppend(path)).close();
      return hold(home, marked(home, record), path);
    };
    return withLock(home, lockOf(model), take, signal);
  });
}

function hold(context: StoreContext, model: ModelRecord, path: string): ModelLease {
  const released = new AbortController();
  const renew = async (): Promise<void> => {
    for (;;) {
      await context.clock.sleep(RENEW_EVERY_MS, released.signal);
      try {
        await context.fileSystem.setModifiedAt(path, context.clock.now());
      } catch (error) {
        // A drive that fails once may answer the next time, long before the lease is over.
        if (!released.signal.aborted)
          context.logger.warn('a lease could not be renewed', { path, error: String(error) });
      }
    }
  };
  // Ends by its signal.
  void renew().catch(() => {});
  const release = async (): Promise<void> => {
    released.abort(new DOMException('the lease was released', 'AbortError'));
    await unlinkIfThere(context, path);
  };
  return { model, release, [Symbol.asyncDispose]: release };
}

/** @internal The models that somebody works with. Leases of processes that have ended are removed. */
export async function leasedModels(context: StoreContext): Promise<ReadonlySet<string>> {
  const leased = new Set<string>();
  const folder = leaseFolder(context);
  for (const { name } of await readFolder(context, folder)) {
    const { modelId, owner = '' } = NAME.exec(name)?.groups ?? {};
    if (modelId === undefined) continue;
    const path = join(folder, name);
    if (await isHeld(context, path, owner)) leased.add(modelId);
    else await unlinkIfThere(context, path);
  }
  return leased;
}

async function isHeld(context: StoreContext, path: string, owner: string): Promise<boolean> {
  const identity = decodeProcessIdentity(owner);
  const liveness = identity === undefined ? 'unknown' : processLiveness(identity);
  if (liveness !== 'unknown') return liveness !== 'dead';
  const status = await statusAt(context.fileSystem, path);
  return status !== null && context.clock.now() - status.mtimeMs < HOLDS_FOR_MS;
}

/** @internal */
export function leaseFolder({ layout }: Pick<StoreContext, 'layout'>): string {
  return join(layout.private, 'leases');
}

async function unlinkIfThere({ fileSystem }: StoreContext, path: string): Promise<void> {
  try {
    await fileSystem.unlink(path);
  } catch (error) {
    const isFine = isModelkeepError(error, 'io.not-found') || isModelkeepError(error, 'io.read-only');
    if (!isFine) throw error;
  }
}

/** @internal */
export function evicted({ id, slug }: Pick<ModelRecord, 'id' | 'slug'>): ModelkeepError<'library.model-evicted'> {
  return new ModelkeepError('library.model-evicted', {
    message: `the files of ${slug} were given up to make room`,
    facts: { modelId: id, slug },
    hint: 'restore the model (restore on the command line): its files are fetched again from where they came from',
  });
}
