import { startOperation, type ModelRecord } from '@modelkeep/core';
import type { AppliedLink, Mapper } from '@modelkeep/mapper';
import type { DownloadContext, DownloadOptions } from '../acquire/download-types.ts';
import { download, type Download } from '../acquire/download.ts';
import type { CheckContext } from './check-model.ts';
import type { RecordedLinks } from '../link/recorded-links.ts';
import { bringForward } from './close-gap.ts';
import { planUpdate } from './plan-update.ts';
import { releaseVersions, type ReleaseReport } from './release-versions.ts';
import { relinkVersions } from './relink.ts';
import type { UpdateCheck } from './update-check.ts';

/** How a model is updated. */
export interface UpdateOptions extends DownloadOptions {
  /** Only tells what would change. @default false */
  readonly dryRun?: boolean | undefined;
  /** Whether older versions and replaced files stay until they are released. @default true */
  readonly keepOld?: boolean | undefined;
  /** Whether links of apps on this machine to older versions lead to the new one at once. @default false */
  readonly relink?: boolean | undefined;
}

/** What an update did, or would do. Plain data. */
export interface UpdateResult {
  readonly dryRun: boolean;
  readonly check: UpdateCheck;
  /** Whether the library has changed. */
  readonly updated: boolean;
  /** The model as it is now: the new version, or the same one with newer small files. */
  readonly model: ModelRecord;
  /** The version that the new one takes the place of; null where there is no new version. */
  readonly previous: ModelRecord | null;
  readonly bytesFetched: number;
  readonly bytesPresent: number;
  /** What became of links to older versions. */
  readonly relinked: readonly AppliedLink[];
  /** Null where the old stays. */
  readonly release: ReleaseReport | null;
}

/** @internal What an update works with. */
export interface UpdateContext extends CheckContext, DownloadContext {
  readonly mapper: Mapper | null;
  readonly links: Pick<RecordedLinks, 'linksOf'>;
}

/** An update that runs: {@link Download}, with another result. */
export type UpdateOperation = Pick<Download, 'progress' | 'pause' | 'resume' | 'cancel'> & {
  readonly result: Promise<UpdateResult>;
};

/**
 * @internal Brings a model to what its source has now: fetches only what differs, and makes a new version of it where the
 * weights have changed.
 */
export function updateModel(context: UpdateContext, reference: string, options: UpdateOptions = {}): UpdateOperation {
  const { dryRun = false, keepOld = true, relink = false, ...request } = options;
  const cancelled = new AbortController();
  const signal = options.signal === undefined ? cancelled.signal : AbortSignal.any([options.signal, cancelled.signal]);
  let running: Download | undefined;
  const operation = startOperation<UpdateResult>(async (report) => {
    signal.throwIfAborted();
    report({ phase: 'planning' });
    const { model, check, download: wanted } = await planUpdate(context, reference, signal);
    const fetched = { bytesFetched: 0, bytesPresent: 0 };
    let now = model;
    if (wanted !== null && !dryRun) {
      const { plan, describe } = wanted;
      running = download({ ...context, describe: async () => describe }, plan, { ...request, signal });
      running.progress.subscribe((progress) =>
        report({ ...progress, phase: progress.phase === 'done' ? 'indexing' : progress.phase }),
      );
      const { models, bytesFetched, bytesPresent } = await running.result;
      Object.assign(fetched, { bytesFetched, bytesPresent });
      now = models.find(({ id, supersedes }) => id === model.id || supersedes === model.id) ?? models[0] ?? model;
      if (now.id !== model.id && now.supersedes !== model.id) {
        // The weights are those of an older version, or of a model that came another way.
        const line = [...(await context.store.versions(now.id)), ...(await context.store.versions(model.id))];
        await bringForward(context.store, now.id, line);
        now = await context.store.resolve(now.id);
      }
    }
    const previous = now.id === model.id ? null : model;
    const versions = (await context.store.versions(now.id, { signal })).map((version) => version.model.id);
    const mayLink = relink && !dryRun && context.mapper !== null;
    const relinked = mayLink ? await relinkVersions(relinkContext(context, context.mapper), versions, signal) : [];
    const release = keepOld ? null : await releaseVersions(context, now.id, { dryRun, signal });
    report({ phase: 'done', fraction: 1, file: null });
    const updated = !dryRun && wanted !== null;
    return { dryRun, check, updated, model: now, previous, ...fetched, relinked, release };
  });
  return {
    ...operation,
    pause: async () => running?.pause(),
    resume: () => running?.resume(),
    async cancel() {
      await running?.cancel();
      cancelled.abort(new DOMException('the update was cancelled', 'AbortError'));
      await operation.result.catch(() => {});
    },
  };
}

function relinkContext({ store, io }: UpdateContext, mapper: Mapper): Parameters<typeof relinkVersions>[0] {
  return { store, mapper, fileSystem: io.fileSystem };
}
