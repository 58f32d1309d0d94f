import { posix } from 'node:path';
import { isModelkeepError, newId } from '@modelkeep/core';
import { ensureTargetFolder } from '../app/ensure-target-folder.ts';
import type { LinkReason } from '../plan/link-reason.ts';
import type { MapperContext } from '../mapper-context.ts';
import type { RegisteredFile } from '../registry/file-registry.ts';
import type { ConfigChange } from './change-config.ts';
import { readConfigFile, staysInside } from './config-file.ts';
import type { ConfigPlace } from './config-place.ts';
import { actionOf } from './plan-config.ts';
import { notOwnChange } from './own-file.ts';
import type { AppliedFile } from './planned-file.ts';
import { replaceText, sweepTexts } from './replace-text.ts';

/** @internal */
export interface WriteConfigOptions {
  readonly place: ConfigPlace;
  /** The run of `apply` that the change is of; null: it mends what the run has left that wrote the file last, and counts to that. */
  readonly runId: string | null;
}

/** @internal What a change is called when it is done. */
export const doneAs = { create: 'created', keep: 'kept', replace: 'replaced', remove: 'removed' } as const;

/**
 * @internal Makes one change of a config file: what is about to be written is recorded, with what was there; then it is written
 * to a file beside it and renamed. A process that dies in between leaves it to {@link finishConfig}.
 *
 * @returns null when another process has recorded a change first: what is to be written may be another text now
 */
export function writeConfig(
  context: MapperContext,
  change: ConfigChange,
  options: WriteConfigOptions,
): Promise<AppliedFile | null> {
  return context.exclusively(() => writeHeld(context, change, options));
}

async function writeHeld(
  context: MapperContext,
  change: ConfigChange,
  { place, runId }: WriteConfigOptions,
): Promise<AppliedFile | null> {
  const { files } = context;
  const { found, wanted, problem, registered, isOurs } = change;
  if (found.problem !== null || problem !== null) return conflict(found.path, found.problem ?? problem ?? '');
  const action = actionOf(found.text, wanted);
  if (action === 'keep') {
    if (!isOurs && registered !== null) await files.forget(found.path);
    return { outcome: 'kept', path: found.path, reason: null };
  }
  const { app, appRoot, viewRoot, facts } = place;
  const row: RegisteredFile = {
    path: found.path,
    app,
    appRoot,
    viewRoot,
    format: facts.format,
    runId: runId ?? registered?.runId ?? newId(),
    state: 'pending',
    previous: found.text,
    content: wanted,
    wasThere: found.text === null ? 0 : (registered?.wasThere ?? 1),
  };
  const noFolder = found.hasFolder ? null : await makeFolder(context, row);
  if (noFolder !== null) return conflict(found.path, noFolder);
  if (!(await files.begin(row, registered, new Date(context.clock.now()).toISOString()))) return null;
  const failed = await put(context, row, found.mode);
  if (failed !== null) {
    await files.revert(row, registered);
    return conflict(found.path, failed);
  }
  await files.settle(row, { undoable: runId !== null, forget: !isOurs });
  return { outcome: doneAs[action], path: found.path, reason: null };
}

/** @internal Finishes, or gives up, what a process that ended in between had recorded: the file as it is decides. */
export async function finishConfig(context: MapperContext, row: RegisteredFile): Promise<AppliedFile> {
  const { path, previous, content, runId } = row;
  const stranger = await notOwnChange(context, row);
  if (stranger !== null) {
    await context.files.forget(path);
    return conflict(path, stranger);
  }
  const found = await readConfigFile(context.fileSystem, placeOf(row));
  const forget = content === null || content === '';
  if (found.problem !== null) return conflict(path, found.problem);
  if (found.text !== content && found.text === previous && (found.hasFolder || content === null)) {
    const failed = await put(context, row, found.mode);
    if (failed !== null) return conflict(path, failed);
  } else if (found.text !== content) {
    await sweepTexts(context.fileSystem, { path, runId });
    await context.files.settle(row, { undoable: false, forget: false });
    return conflict(path, 'it was changed since by another program');
  }
  if (found.hasFolder) await sweepTexts(context.fileSystem, { path, runId });
  await context.files.settle(row, { undoable: true, forget });
  return { outcome: doneAs[actionOf(found.text, content)], path, reason: null };
}

/** @internal Makes the folder of a file. @returns why it cannot be made, or null */
export async function makeFolder(context: MapperContext, row: RegisteredFile): Promise<string | null> {
  const { app, appRoot } = row;
  const folder = posix.dirname(placeOf(row).path);
  return (
    (await ensureTargetFolder({ ...context, app, appRoot, folder, mayLeaveAt: staysInside })).problem?.message ?? null
  );
}

/** @internal Where the file of a row is. */
export function placeOf({ path, appRoot }: RegisteredFile): { readonly appRoot: string; readonly path: string } {
  return { appRoot, path: path.slice(appRoot.length + 1).replaceAll('\\', '/') };
}

/**
 * @internal Writes what a row says. Another process that takes this one for dead may finish the change at the same time.
 *
 * @returns why it could not be written; null when the file is as wanted
 */
export async function put(
  { fileSystem }: Pick<MapperContext, 'fileSystem'>,
  row: RegisteredFile,
  mode: number | undefined,
): Promise<string | null> {
  const { path, content, previous, runId } = row;
  const look = () => readConfigFile(fileSystem, placeOf(row));
  const isAsRead = async (): Promise<boolean> => {
    const now = await look();
    return now.problem === null && now.text === previous;
  };
  let failed = 'it was changed at this moment by another program';
  try {
    if (await replaceText(fileSystem, { path, text: content, mode, isThere: previous !== null, isAsRead, runId }))
      return null;
  } catch (error) {
    if (!isModelkeepError(error)) throw error;
    failed = error.message;
  }
  const now = await look();
  return now.problem === null && now.text === content ? null : failed;
}

/** @internal */
export function conflict(path: string, problem: string): AppliedFile {
  const reason: LinkReason = { code: 'config-refused', message: `${path}: ${problem}` };
  return { outcome: 'conflict', path, reason };
}
