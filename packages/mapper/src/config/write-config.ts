import { dirname, posix } from 'node:path';
import { writeFileAtomic } from '@modelkeep/io';
import { ensureTargetFolder } from '../app/ensure-target-folder.ts';
import type { LinkReason } from '../plan/link-reason.ts';
import type { MapperContext } from '../mapper-context.ts';
import type { RegisteredFile } from '../registry/file-registry.ts';
import type { ConfigChange } from './change-config.ts';
import { readConfigFile } from './config-file.ts';
import type { ConfigPlace } from './config-place.ts';
import { actionOf } from './plan-config.ts';
import type { AppliedFile } from './planned-file.ts';

/** @internal */
export interface WriteConfigOptions {
  readonly place: ConfigPlace;
  readonly runId: string;
  readonly undoable: boolean;
}

const doneAs = { create: 'created', keep: 'kept', replace: 'replaced', remove: 'removed' } as const;

/**
 * @internal Makes one change of a config file: what is about to be written is recorded, with what was there; then it is written
 * to a file beside it and renamed. A process that dies in between leaves it to {@link finishConfig}.
 */
export async function writeConfig(
  context: MapperContext,
  change: ConfigChange,
  { place, runId, undoable }: WriteConfigOptions,
): Promise<AppliedFile> {
  const { found, wanted, problem, registered, isOurs, path } = change;
  if (found.problem !== null || problem !== null) return conflict(found.path, found.problem ?? problem ?? '');
  const action = actionOf(found.text, wanted);
  if (action === 'keep') {
    if (!isOurs && registered !== null) await context.files.forget(found.path);
    return { outcome: 'kept', path: found.path, reason: null };
  }
  const { app, appRoot, viewRoot, facts } = place;
  const row: RegisteredFile = {
    path: found.path,
    app,
    appRoot,
    viewRoot,
    format: facts.format,
    runId,
    state: 'pending',
    previous: found.text,
    content: wanted,
    wasThere: registered?.wasThere ?? (found.text === null ? 0 : 1),
  };
  if (!found.hasFolder) {
    const folder = await ensureTargetFolder({ ...context, app, appRoot, folder: posix.dirname(path) });
    if (folder.problem !== null) return conflict(found.path, folder.problem.message);
  }
  const createdAt = new Date(context.clock.now()).toISOString();
  if (!(await context.files.begin(row, registered, createdAt)))
    return conflict(found.path, 'another process changes it at this moment');
  /* The last look before it is replaced: somebody may have saved it while the plan was read. */
  const now = await readConfigFile(context.fileSystem, { appRoot, path });
  if (now.problem !== null || now.text !== found.text) {
    await context.files.settle({ ...row, content: found.text }, { undoable: false, forget: registered === null });
    return conflict(found.path, 'it was changed at this moment by another program');
  }
  await replaceText(context, { path: found.path, text: wanted, mode: found.mode });
  await context.files.settle(row, { undoable, forget: !isOurs });
  return { outcome: doneAs[action], path: found.path, reason: null };
}

/** @internal Finishes, or gives up, what a process that ended in between had recorded: the file as it is decides. */
export async function finishConfig(context: MapperContext, row: RegisteredFile): Promise<AppliedFile> {
  const { path, appRoot, previous, content } = row;
  const relative = path.slice(appRoot.length + 1).replaceAll('\\', '/');
  const found = await readConfigFile(context.fileSystem, { appRoot, path: relative });
  const forget = content === null || content === '';
  if (found.problem !== null) return conflict(path, found.problem);
  if (found.text === content) {
    await context.files.settle(row, { undoable: true, forget });
    return { outcome: 'kept', path, reason: null };
  }
  if (found.text === previous && (found.hasFolder || content === null)) {
    await replaceText(context, { path, text: content, mode: found.mode });
    await context.files.settle(row, { undoable: true, forget });
    return { outcome: doneAs[actionOf(previous, content)], path, reason: null };
  }
  await context.files.settle(row, { undoable: false, forget: false });
  return conflict(path, 'it was changed since by another program');
}

/** @internal Writes a config file as a whole, or removes it. */
export async function replaceText(
  { fileSystem }: Pick<MapperContext, 'fileSystem'>,
  { path, text, mode }: { readonly path: string; readonly text: string | null; readonly mode: number | undefined },
): Promise<void> {
  if (text !== null) return writeFileAtomic(fileSystem, { path, data: text, mode });
  await fileSystem.unlink(path);
  await fileSystem.fsyncFolder(dirname(path));
}

/** @internal */
export function conflict(path: string, problem: string): AppliedFile {
  const reason: LinkReason = { code: 'config-refused', message: `${path}: ${problem}` };
  return { outcome: 'conflict', path, reason };
}
