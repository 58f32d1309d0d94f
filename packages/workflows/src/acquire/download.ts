import { startOperation, type Operation, type Progress } from '@modelkeep/core';
import type { WantedFile } from '@modelkeep/library';
import type { DownloadPlan } from './download-plan.ts';
import type { DownloadContext, DownloadedFile, DownloadOptions, DownloadResult } from './download-types.ts';
import { createDownloadControls, type DownloadControls } from './download-controls.ts';
import { askPlanAccess } from './ask-plan-access.ts';
import { descriptionOf, modelSourcesOf } from './describe-download.ts';
import { fetchWithAccess } from './fetch-with-access.ts';
import { plannedTypes } from './planned-types.ts';
import { refuseOtherHub, waitingError } from './refuse-plan.ts';
import { createUserWait, type UserWait } from './user-wait.ts';

/** A download that runs. Aborting the signal it was given ends it: what is on disk is resumed by the next one. */
export interface Download extends Operation<DownloadResult> {
  /** Holds it, with all it has, until `resume`. Returns when nothing is written any more. */
  pause(): Promise<void>;
  /** Takes back `pause`. In the phase `waiting-for-user` it asks the hub again, and goes on or waits again. */
  resume(): void;
  /** Stops and removes what was fetched. `result` rejects with an `AbortError`. */
  cancel(): Promise<void>;
  /** Higher goes first among the files that wait. */
  setPriority(priority: number): void;
  /** Null: no limit but that of the library. @throws `core.invalid-argument` for a rate that is not above 0 */
  setMaxBytesPerSecond(bytesPerSecond: number | null): void;
}

/**
 * Fetches what a plan needs, verifies it while it streams, stores each content once and adds the models to the library.
 * Two downloads of the same content at the same time fetch it once.
 *
 * A person who has to accept conditions or to give a token first is waited for, also when access ends half-way: the
 * progress then has the phase `waiting-for-user` and says what and where, nothing is fetched or held, and `resume` asks
 * the hub again.
 *
 * `result` rejects with `workflows.waiting-for-user` under `whenUserIsNeeded: 'fail'`, `core.invalid-argument` for a plan
 * of another hub, or with queries that this library does not know, `hub.*`,
 * `transfer.integrity` when the bytes are not what the hub promised (nothing is published then), `transfer.*`,
 * `network.*`, `io.disk-full` before anything is fetched when there is no room, and with the signal's reason.
 *
 * @throws `core.invalid-argument` for a rate that is not above 0
 */
export function download(context: DownloadContext, plan: DownloadPlan, options: DownloadOptions = {}): Download {
  const cancelled = new AbortController();
  const signal = options.signal === undefined ? cancelled.signal : AbortSignal.any([options.signal, cancelled.signal]);
  const controls = createDownloadControls(options);
  let userWait: UserWait | undefined;
  const operation = startOperation((report) => {
    userWait = createUserWait({
      signal: context.leaving === undefined ? signal : AbortSignal.any([signal, context.leaving]),
      report,
      refuse: options.whenUserIsNeeded === 'fail' ? (waiting) => waitingError(plan, waiting) : undefined,
    });
    const makeRoom = options.makeRoom === true ? context.makeRoom : undefined;
    const { volume, onFileFailed } = options;
    const parts = { signal, cancelled: cancelled.signal, controls, userWait, report, volume, onFileFailed };
    return run({ ...context, makeRoom }, plan, parts);
  });
  return {
    ...operation,
    pause: () => controls.pause(),
    resume() {
      controls.resume();
      userWait?.resume();
    },
    setPriority: (priority) => controls.setPriority(priority),
    setMaxBytesPerSecond: (bytesPerSecond) => controls.setMaxBytesPerSecond(bytesPerSecond),
    async cancel() {
      cancelled.abort(new DOMException('the download was cancelled', 'AbortError'));
      await operation.result.catch(() => {});
    },
  };
}

interface RunOptions {
  readonly signal: AbortSignal;
  readonly cancelled: AbortSignal;
  readonly controls: DownloadControls;
  readonly userWait: UserWait;
  readonly volume: string | undefined;
  readonly onFileFailed: DownloadOptions['onFileFailed'];
  readonly report: (change: Partial<Progress>) => void;
}

async function run(context: DownloadContext, plan: DownloadPlan, options: RunOptions): Promise<DownloadResult> {
  const { signal, report } = options;
  signal.throwIfAborted();
  refuseOtherHub(context, plan);
  const addresses = context.addresses.find(plan);
  await openGate(context, plan, options);
  const files = wantedFiles(plan);
  const askTypes = (): Promise<readonly string[]> => plannedTypes(context, plan, { addresses, signal });
  const room = await context.store.roomFor(files, { volume: options.volume, askTypes, signal });
  await context.makeRoom?.(room, signal);
  const transaction = await context.store.begin(files, { signal, volume: room.volumeId });
  try {
    const present = new Set(transaction.files.filter(({ content }) => content !== null).map(({ name }) => name));
    const bytesPresent = transaction.files.reduce((sum, { content }) => sum + (content?.sizeBytes ?? 0), 0);
    const sums = await fetchWithAccess(context, { ...options, plan, addresses, transaction });
    const { bytesFetched, bytesResumed } = sums;
    const fetched = transaction.files.flatMap(({ name, content, sha256 }): DownloadedFile[] => {
      if (content === null) return [];
      // What is found here was found by what is expected.
      const verified = present.has(name)
        ? sha256 === null
          ? 'git-sha1'
          : 'sha256'
        : (sums.verifiedOf(name) ?? 'none');
      return [{ name, sha256: content.sha256, sizeBytes: content.sizeBytes, verified }];
    });
    report({ phase: 'identifying', file: null, etaMs: null });
    const models = await transaction.commit({
      ...descriptionOf(plan, context.clock),
      ...(await context.describe?.(plan, signal)),
      onTakenIn: async (model) => context.onTakenIn?.(model, signal),
      signal,
    });
    report({ phase: 'done', fraction: 1, etaMs: 0 });
    return { models, files: fetched, bytesFetched, bytesResumed, bytesPresent };
  } catch (error) {
    await transaction.abandon(context.logger, { keepParts: !options.cancelled.aborted });
    throw error;
  }
}

/** The plan knows of a closed gate; the hub knows whether it still is. */
async function openGate(
  context: DownloadContext,
  plan: DownloadPlan,
  { signal, userWait }: Pick<RunOptions, 'signal' | 'userWait'>,
): Promise<void> {
  const needed = plan.files.find(({ present }) => !present);
  if (plan.gate === null || plan.gate.granted || needed === undefined) return;
  await userWait.until(() => askPlanAccess(context, plan, { path: needed.path, signal }));
}

function wantedFiles(plan: DownloadPlan): readonly WantedFile[] {
  const sourceOf = modelSourcesOf(plan);
  return plan.files.map(({ path, sizeBytes, sha256, gitSha1 }) => ({
    name: path,
    sizeBytes,
    sha256,
    gitSha1,
    source: sourceOf(path),
  }));
}
