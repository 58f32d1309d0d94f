import { dirname } from 'node:path';
import { isModelkeepError, type FileStamp } from '@modelkeep/core';
import { adoptSet } from '../external/adopt-set.ts';
import type { FoundFile } from '../external/found-set.ts';
import { judgeName } from '../names/judge-name.ts';
import { hashFound } from '../scan/hash-found.ts';
import { emptyReport } from '../scan/scan-report.ts';
import { openScanState, type KnownFile } from '../state/scan-state.ts';
import type { StoreContext } from '../store-context.ts';
import { copySet, reported, type ImportSetOptions } from './copy-set.ts';
import type { ImportFile, ImportSet } from './find-importable.ts';
import { localOrigin } from './import-types.ts';

/** @internal Takes the files of a set in without a copy of their bytes: cloned where the drive can, else where they are. */
export async function linkSet(context: StoreContext, set: ImportSet, options: ImportSetOptions): Promise<void> {
  if (await canClone(context, set)) await copySet(context, set, options);
  else await adoptFiles(context, set, options);
}

/** Tried with the first file: what a drive can is only known once it was asked for it. */
async function canClone({ fileSystem, layout }: StoreContext, { files }: ImportSet): Promise<boolean> {
  const [first] = files;
  if (first === undefined) return false;
  const probe = `${layout.temp}/probe-${crypto.randomUUID()}`;
  try {
    await fileSystem.reflink(first.path, probe);
    await fileSystem.unlink(probe);
  } catch (error) {
    if (!isModelkeepError(error)) throw error;
    return false;
  }
  const devices = new Set<string>();
  for (const { path } of files) {
    try {
      devices.add((await fileSystem.stat(path)).device);
    } catch (error) {
      // The import says so of this file.
      if (!isModelkeepError(error)) throw error;
    }
  }
  return devices.size === 1;
}

async function adoptFiles(context: StoreContext, set: ImportSet, options: ImportSetOptions): Promise<void> {
  const { result, progress, signal } = options;
  const state = openScanState(context);
  const stamped: { readonly file: ImportFile; readonly stamp: FileStamp }[] = [];
  const known = new Map<string, KnownFile>();
  for (const file of set.files) {
    const problem = judgeName(file.name);
    if (problem !== null) {
      result.skipped.push({ path: file.path, reason: `its name cannot be used on every system (${problem})` });
      continue;
    }
    await reported(result, file, async () => {
      const { device, inode, mtimeMs } = await context.fileSystem.stat(file.path);
      stamped.push({ file, stamp: { device, inode, mtimeMs } });
      const row = await state.file(file.path);
      if (row !== null) known.set(file.path, row);
    });
  }
  const report = emptyReport();
  const contents = await hashFound(
    context,
    stamped.map(({ file, stamp }) => ({ path: file.path, sizeBytes: file.sizeBytes, ...stamp })),
    known,
    { state, report, maxHashBytes: Number.POSITIVE_INFINITY, signal },
  );
  result.errors.push(...report.errors);
  const files = stamped.flatMap(({ file, stamp }): FoundFile[] => {
    progress.done(file);
    const content = contents.get(file.path);
    if (content === undefined) return [];
    const { sha256, adoptedSha256 } = content;
    const previousSha256 = adoptedSha256 === sha256 ? null : adoptedSha256;
    const { name, path, given, sizeBytes } = file;
    const source = localOrigin.sourceOf(path);
    return [{ name, path: given, real: path, sizeBytes, stamp, sha256, gitSha1: null, source, previousSha256 }];
  });
  const bases = [...new Set(files.map(({ real }) => dirname(real)))];
  const found = { name: set.name, folder: set.folder, bases, files, sourceGroup: null, layers: {} };
  const adopted = await adoptSet(context, { ...found, sharesCompanions: false }, { signal });
  await state.settle({ adopted: files.map(({ real }) => real) });
  for (const { record, found: group } of adopted) {
    result.models.push(record);
    result.bytesSaved += group.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  }
}
