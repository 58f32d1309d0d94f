import {
  ModelkeepError,
  serialiseError,
  startOperation,
  type Clock,
  type Logger,
  type ModelRecord,
  type Operation,
  type Progress,
} from '@modelkeep/core';
import type { DeclaredModel, SharedState } from '@modelkeep/fleet';
import type { Download } from '../acquire/download.ts';
import type { DownloadPlan } from '../acquire/download-plan.ts';
import type { DownloadOptions, DownloadResult } from '../acquire/download-types.ts';
import type { PlanDownloadOptions } from '../acquire/plan-download.ts';
import { checkAsDeclared } from './check-as-declared.ts';
import { awaitOther, claimKey } from './claim-key.ts';
import { planIdentity, readDeclaredSource, selectionOf } from './declared-source.ts';
import { statusOf, type ModelStatusContext } from './model-status.ts';
import { reportModelProgress } from './report-model-progress.ts';

/** How models are ensured. */
export interface EnsureOptions extends Pick<DownloadOptions, 'priority' | 'makeRoom' | 'volume'> {
  readonly signal?: AbortSignal | undefined;
}

/** A model that is here. */
export interface EnsuredModel {
  readonly key: string;
  /** Empty where it was here before. */
  readonly models: readonly ModelRecord[];
  readonly bytesFetched: number;
}

/** What ensuring gave. Plain data. */
export interface EnsureResult {
  /** In the order of the keys. */
  readonly ensured: readonly EnsuredModel[];
  readonly bytesFetched: number;
}

interface EnsureContext extends ModelStatusContext {
  readonly state: SharedState;
  readonly plan: (reference: string, options: PlanDownloadOptions) => Promise<DownloadPlan>;
  readonly download: (plan: DownloadPlan, options: DownloadOptions) => Download;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** @internal */
export interface EnsureModelsContext extends Omit<EnsureContext, 'state'> {
  /** @throws `library.read-only` where there is none */
  readonly stateNow: () => SharedState;
}

/**
 * @internal Downloads what is missing of declared models, one after the other. A model that another process is at is waited
 * for. All of them are tried; `result` rejects with the first failure.
 */
export function ensureModels(
  { stateNow, ...parts }: EnsureModelsContext,
  findModels: (state: SharedState) => Promise<readonly DeclaredModel[]>,
  options: EnsureOptions & { readonly signal: AbortSignal },
): Operation<EnsureResult> {
  return startOperation(async (report) => {
    const context = { ...parts, state: stateNow() };
    const models = await findModels(context.state);
    const ensured: EnsuredModel[] = [];
    const failures: unknown[] = [];
    for (const [place, model] of models.entries()) {
      const tell = (progress: Partial<Progress>): void =>
        report({ ...progress, filesDone: place, filesTotal: models.length });
      try {
        ensured.push(await ensureOne(context, model, { ...options, tell }));
      } catch (error) {
        options.signal.throwIfAborted();
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
    report({ phase: 'done', fraction: 1, etaMs: 0, filesDone: models.length, filesTotal: models.length });
    return { ensured, bytesFetched: ensured.reduce((sum, { bytesFetched }) => sum + bytesFetched, 0) };
  });
}

interface EnsureOne extends EnsureOptions {
  readonly signal: AbortSignal;
  readonly tell: (progress: Partial<Progress>) => void;
}

async function ensureOne(context: EnsureContext, model: DeclaredModel, options: EnsureOne): Promise<EnsuredModel> {
  const { state } = context;
  const { key } = model;
  const { signal, tell } = options;
  for (;;) {
    signal.throwIfAborted();
    const entry = await state.manifest.get(key, { signal });
    const progress = await state.progress.get(key, { signal });
    const status = await statusOf(context, model, { entry, progress, signal });
    if (status.state === 'ready') {
      const { repoId, revision, sizeBytes } = status;
      if (entry?.completed !== true || entry.repoId !== repoId) {
        await state.manifest.set(key, { completed: true, repoId, revision, sizeBytes, at: now(context) }, { signal });
      }
      return { key, models: [], bytesFetched: 0 };
    }
    if (await claimKey(context, key, signal)) {
      const result = await fetchOne(context, model, options);
      return { key, models: result.models, bytesFetched: result.bytesFetched };
    }
    await awaitOther(context, key, {
      signal,
      onProgress: ({ bytesDone, bytesTotal, percentage }) =>
        tell({ phase: 'waiting', bytesDone, bytesTotal, fraction: percentage / 100 }),
    });
  }
}

async function fetchOne(context: EnsureContext, model: DeclaredModel, options: EnsureOne): Promise<DownloadResult> {
  const { state, logger, hubEndpoint } = context;
  const { key, source } = model;
  const { signal, tell, ...downloadOptions } = options;
  const shared = reportModelProgress(state.progress, key, logger);
  try {
    tell({ phase: 'planning' });
    const plan = await context.plan(source, { ...selectionOf(model), signal });
    checkAsDeclared(model, plan.files);
    const running = context.download(plan, { ...downloadOptions, signal, whenUserIsNeeded: 'fail' });
    const stop = running.progress.subscribe((progress) => {
      shared.tell(progress);
      tell({ ...progress, phase: progress.phase === 'done' ? 'indexing' : progress.phase });
    });
    const result = await running.result.finally(stop);
    checkAsDeclared(
      model,
      result.files.map(({ name, ...file }) => ({ path: name, ...file })),
    );
    const sizeBytes = result.files.reduce((sum, file) => sum + file.sizeBytes, 0);
    const { repoId } = readDeclaredSource(source, hubEndpoint);
    await state.manifest.set(key, { completed: true, repoId, ...planIdentity(plan), sizeBytes, at: now(context) });
    await shared.end({ status: 'complete', bytesDone: sizeBytes, bytesTotal: sizeBytes, error: null });
    return result;
  } catch (error) {
    // Who is told to stop leaves what is on disk to the next one.
    const end = signal.aborted
      ? ({ status: 'paused', error: null } as const)
      : ({ status: 'error', error: serialiseError(error) } as const);
    await shared.end(end).catch((failure: unknown) => {
      logger.warn('the end of a download could not be told', { key, error: serialiseError(failure).message });
    });
    throw error;
  }
}

function now({ clock }: EnsureContext): string {
  return new Date(clock.now()).toISOString();
}

/** @internal */
export function notDeclared(keys: readonly string[]): ModelkeepError<'workflows.not-declared'> {
  return new ModelkeepError('workflows.not-declared', {
    message: `nobody has declared ${keys.map((key) => JSON.stringify(key)).join(', ')}`,
    facts: { keys },
    hint: 'declare what the app needs first',
  });
}
