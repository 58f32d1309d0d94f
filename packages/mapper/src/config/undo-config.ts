import { newId } from '@modelkeep/core';
import type { UndoPlan } from '../apply/plan-undo.ts';
import type { MapperContext } from '../mapper-context.ts';
import { configEditor } from './config-editors.ts';
import { readConfigFile, type FoundFile } from './config-file.ts';
import { notOwnChange } from './own-file.ts';
import type { AppliedFile } from './planned-file.ts';
import { actionOf } from './plan-config.ts';
import { conflict, doneAs, makeFolder, placeOf, put } from './write-config.ts';
import type { FileUndo, RegisteredFile } from '../registry/file-registry.ts';

/**
 * @internal Takes back what a run did to config files: byte for byte where nobody changed them since, else our part alone. What
 * could not be written stays in the journal: it can be tried again.
 */
export async function undoConfig(context: MapperContext, runId: string): Promise<readonly AppliedFile[]> {
  const { files } = context;
  const results: UndoneFile[] = [];
  for (const entry of await entriesOf(context, runId))
    results.push(await context.exclusively(() => undoOne(context, { ...entry, runId })));
  if (results.length > 0 && results.every(({ isOver }) => isOver)) await files.forgetRun(runId);
  return results.map(({ file }) => file);
}

/** @internal What {@link undoConfig} would do. Changes nothing. */
export async function planUndoConfig(context: MapperContext, runId: string): Promise<UndoPlan['files']> {
  const planned: UndoPlan['files'][number][] = [];
  for (const entry of await entriesOf(context, runId)) {
    const step = await decide(context, { ...entry, runId });
    const { path } = entry.entry;
    if (step.kind === 'refused')
      planned.push({ action: 'conflict', path, reason: conflict(path, step.problem).reason });
    else if (step.kind === 'keep') planned.push({ action: 'keep', path, reason: null });
    else planned.push({ action: actionOf(step.found.text, step.restored), path, reason: null });
  }
  return planned;
}

interface Entry {
  readonly entry: FileUndo;
  readonly registered: RegisteredFile | null;
}

interface UndoneFile {
  readonly file: AppliedFile;
  /** Nothing is left to be tried again. */
  readonly isOver: boolean;
}

type Step =
  | { readonly kind: 'refused'; readonly problem: string }
  | { readonly kind: 'keep'; readonly forget: boolean }
  | {
      readonly kind: 'restore';
      readonly row: RegisteredFile;
      readonly found: Extract<FoundFile, { readonly problem: null }>;
      readonly restored: string | null;
      /** Something of ours is in it still. */
      readonly isOurs: boolean;
    };

async function entriesOf({ files }: MapperContext, runId: string): Promise<readonly Entry[]> {
  const entries = await files.undoOf(runId);
  if (entries.length === 0) return [];
  const rows = new Map((await files.list({})).map((row) => [row.path, row]));
  return entries.map((entry) => ({ entry, registered: rows.get(entry.path) ?? null }));
}

async function decide(
  context: MapperContext,
  { entry, runId, registered }: Entry & { readonly runId: string },
): Promise<Step> {
  const { path, before, after } = entry;
  const row = registered ?? forgottenRow(entry, runId);
  if (row === null) return { kind: 'keep', forget: false };
  const stranger = await notOwnChange(context, { ...row, previous: before, content: after });
  if (stranger !== null) return { kind: 'refused', problem: stranger };
  const found = await readConfigFile(context.fileSystem, placeOf(row));
  if (found.problem !== null) return { kind: 'refused', problem: found.problem };
  const editor = configEditor(row.format, path);
  const isOurs = (text: string | null): boolean => {
    const without = text === null ? null : editor.take(text);
    return without !== null && without.problem === null && without.text !== text;
  };
  /* An undo that was cut off had come so far. */
  if (found.text === before) return { kind: 'keep', forget: !isOurs(before) };
  if (row.runId !== runId) return { kind: 'refused', problem: 'it was changed by a later run' };
  const restored =
    found.text === after
      ? before
      : isOurs(before) || found.text === null
        ? undefined
        : takenOut(editor.take(found.text), row);
  if (restored === undefined) return { kind: 'refused', problem: 'it was changed since by another program' };
  return { kind: 'restore', row, found, restored, isOurs: isOurs(restored) };
}

async function undoOne(context: MapperContext, one: Entry & { readonly runId: string }): Promise<UndoneFile> {
  const { path } = one.entry;
  const { files } = context;
  const step = await decide(context, one);
  if (step.kind === 'refused') return { file: conflict(path, step.problem), isOver: true };
  if (step.kind === 'keep') {
    if (step.forget) await files.forget(path);
    return { file: { outcome: 'kept', path, reason: null }, isOver: true };
  }
  const { found, restored } = step;
  const failed = found.text === restored ? null : await restore(context, { ...one, step });
  if (failed !== null) return { file: conflict(path, failed), isOver: false };
  if (found.text === restored) await files.forget(path);
  return { file: { outcome: doneAs[actionOf(found.text, restored)], path, reason: null }, isOver: true };
}

/** @returns why it could not be written, or null */
async function restore(
  context: MapperContext,
  {
    runId,
    registered,
    step: { row, found, restored, isOurs },
  }: Entry & { readonly runId: string; readonly step: Extract<Step, { readonly kind: 'restore' }> },
): Promise<string | null> {
  const { files } = context;
  const written = { ...row, previous: found.text, content: restored, state: 'pending' } as const;
  /* The text is another run's now, which can be taken back in its turn. */
  const change: RegisteredFile = { ...written, runId: (await files.runThatWrote(written, runId)) ?? newId() };
  const noFolder = found.hasFolder || restored === null ? null : await makeFolder(context, row);
  if (noFolder !== null) return noFolder;
  const recorded = await files.begin(change, registered, new Date(context.clock.now()).toISOString());
  const failed = recorded ? await put(context, change, found.mode) : 'another process changes it at this moment';
  if (failed === null) await files.settle(change, { undoable: false, forget: !isOurs });
  else await files.revert(change, registered);
  return failed;
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
