import { newId } from '@modelkeep/core';
import type { MapperContext } from '../mapper-context.ts';
import { configEditor } from './config-editors.ts';
import { readConfigFile } from './config-file.ts';
import type { AppliedFile } from './planned-file.ts';
import { actionOf } from './plan-config.ts';
import { conflict, doneAs, makeFolder, placeOf, put } from './write-config.ts';
import type { FileUndo, RegisteredFile } from '../registry/file-registry.ts';

/**
 * @internal Takes back what a run did to config files: byte for byte where nobody changed them since, else our part alone.
 */
export async function undoConfig(context: MapperContext, runId: string): Promise<readonly AppliedFile[]> {
  const { files } = context;
  const entries = await files.undoOf(runId);
  if (entries.length === 0) return [];
  const rows = new Map((await files.list({})).map((row) => [row.path, row]));
  const results: AppliedFile[] = [];
  for (const entry of entries)
    results.push(
      await context.exclusively(() => undoOne(context, { entry, runId, registered: rows.get(entry.path) ?? null })),
    );
  await files.forgetRun(runId);
  return results;
}

async function undoOne(
  context: MapperContext,
  {
    entry,
    runId,
    registered,
  }: { readonly entry: FileUndo; readonly runId: string; readonly registered: RegisteredFile | null },
): Promise<AppliedFile> {
  const { path, before, after } = entry;
  const { files } = context;
  const row = registered ?? forgottenRow(entry, runId);
  if (row === null) return { outcome: 'kept', path, reason: null };
  const found = await readConfigFile(context.fileSystem, placeOf(row));
  if (found.problem !== null) return conflict(path, found.problem);
  const editor = configEditor(row.format, path);
  const isOurs = (text: string | null): boolean => {
    const without = text === null ? null : editor.take(text);
    return without !== null && without.problem === null && without.text !== text;
  };
  if (found.text === before) {
    /* An undo that was cut off had come so far. */
    if (!isOurs(before)) await files.forget(path);
    return { outcome: 'kept', path, reason: null };
  }
  if (row.runId !== runId) return conflict(path, 'it was changed by a later run');
  const restored =
    found.text === after
      ? before
      : isOurs(before) || found.text === null
        ? undefined
        : takenOut(editor.take(found.text), row);
  if (restored === undefined) return conflict(path, 'it was changed since by another program');
  if (found.text !== restored) {
    const written = { ...row, previous: found.text, content: restored, state: 'pending' } as const;
    /* The text is another run's now, which can be taken back in its turn. */
    const change: RegisteredFile = { ...written, runId: (await files.runThatWrote(written, runId)) ?? newId() };
    const noFolder = found.hasFolder || restored === null ? null : await makeFolder(context, row);
    if (noFolder !== null) return conflict(path, noFolder);
    const recorded = await files.begin(change, registered, new Date(context.clock.now()).toISOString());
    const failed = recorded ? await put(context, change, found.mode) : 'another process changes it at this moment';
    if (failed !== null) {
      await files.revert(change, registered);
      return conflict(path, failed);
    }
    await files.settle(change, { undoable: false, forget: !isOurs(restored) });
  } else await files.forget(path);
  return { outcome: doneAs[actionOf(found.text, restored)], path, reason: null };
}

/** The row of a file that nothing of ours is in since the run. */
function forgottenRow(entry: FileUndo, runId: string): RegisteredFile | null {
  const { path, before, after, app, viewRoot, appRoot, format, wasThere } = entry;
  if (appRoot === null || format === null || wasThere === null) return null;
  return { path, app, appRoot, viewRoot, format, wasThere, previous: before, content: after, runId, state: 'done' };
}

/** A file that was made for us, and holds nothing else, goes. */
function takenOut(
  result: { readonly problem: string | null; readonly text?: string },
  { wasThere }: RegisteredFile,
): string | null | undefined {
  if (result.problem !== null) return undefined;
  return result.text === '' && wasThere === 0 ? null : result.text;
}
