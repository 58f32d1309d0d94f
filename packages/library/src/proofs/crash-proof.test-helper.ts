import { isModelkeepError } from '@modelkeep/core';
import {
  createFaultyFileSystem,
  createSeededRandom,
  interceptBulkFileSystem,
  interceptFileSystem,
  systemError,
  type FileSystemCall,
  type ModelFileSystem,
} from '@modelkeep/testing';
import { expect } from 'vitest';
import { createModelStores, type Drive, type ModelStores } from './model-store.test-helper.ts';

const codes = ['ENOSPC', 'EIO', 'EACCES', 'EROFS', 'EMFILE', 'EXDEV'] as const;

/** Which of the changes are tried: the first one, and then each so many further on. */
export interface TriedChanges {
  /** @default 1 */
  readonly first?: number;
  /** @default 1 */
  readonly each?: number;
}

/** One piece of work on a library, that is cut off wherever it changes the drive. */
export interface CrashWork {
  /** The drive before the work, durably. */
  prepare(stores: ModelStores): Promise<ModelFileSystem>;
  run(stores: ModelStores, drive: Drive): Promise<void>;
  /** Expects that nothing is lost or half whatever happened, and that the same work can be done. */
  expectWhole(stores: ModelStores, drive: ModelFileSystem, where: string): Promise<void>;
}

/** Whatever is prepared is durable: each try begins with a copy of it. */
async function prepared(stores: ModelStores, work: CrashWork): Promise<() => ModelFileSystem> {
  const drive = await work.prepare(stores);
  return () => drive.crash(createSeededRandom(1), 'everything');
}

/**
 * The process dies at any of its changes.
 *
 * @returns how often
 */
export async function dieAtEachChange(work: CrashWork, { first = 1, each = 1 }: TriedChanges = {}): Promise<number> {
  await using stores = await createModelStores();
  const copy = await prepared(stores, work);
  for (let tried = 0; ; tried += 1) {
    const drive = copy();
    const atMutation = first + tried * each;
    const error = (): Error => new Error('the process is gone');
    const faulty = createFaultyFileSystem({ ...drive, atMutation, lasts: 'from-then-on', error });
    await work.run(stores, faulty).catch(() => {});
    if (faulty.struck === null) return tried;
    await work.expectWhole(stores, drive, `died at ${faulty.struck.name} ${faulty.struck.path ?? ''}`);
  }
}

/**
 * The drive fails once, at any of the changes: the work says so by a code, or makes good for it.
 *
 * @returns how often it said so
 */
export async function failAtEachChange(work: CrashWork, { first = 1, each = 1 }: TriedChanges = {}): Promise<number> {
  await using stores = await createModelStores();
  const copy = await prepared(stores, work);
  let failures = 0;
  for (let tried = 0; ; tried += 1) {
    const drive = copy();
    const atMutation = first + tried * each;
    const code = codes[tried % codes.length] ?? 'EIO';
    const faulty = createFaultyFileSystem({ ...drive, atMutation, lasts: 'once', error: () => systemError(code) });
    const outcome = await work.run(stores, faulty).then(
      () => null,
      (failure: unknown) => failure,
    );
    if (faulty.struck === null) return failures;
    const where = `${code} at ${faulty.struck.name} ${faulty.struck.path ?? ''}`;
    if (outcome !== null) {
      failures += 1;
      expect(isModelkeepError(outcome), `${where}: ${String(outcome as Error)}`).toBe(true);
    }
    await work.expectWhole(stores, drive, where);
  }
}

/** The power goes at any moment: so many of the drives that this could leave are looked at. */
export async function losePower(work: CrashWork, count: number): Promise<void> {
  await using stores = await createModelStores();
  const copy = await prepared(stores, work);
  const states = new Map<string, { readonly drive: ModelFileSystem; readonly before: string }>();
  for (let seed = 1; states.size < count; seed += 1) {
    const drive = copy();
    const random = createSeededRandom(seed);
    const take = ({ name, path, mutates }: FileSystemCall): void => {
      if (!mutates) return;
      for (const loss of ['nothing', 'everything', 'any', 'any', 'any'] as const) {
        const left = drive.crash(random, loss);
        states.set(left.describe(), { drive: left, before: `${name} ${path ?? ''}` });
      }
    };
    await work.run(stores, {
      fileSystem: interceptFileSystem(drive.fileSystem, take),
      bulkFileSystem: interceptBulkFileSystem(drive.bulkFileSystem, take),
    });
  }
  const every = states.size / count;
  const all = [...states.values()];
  for (let number = 0; number < count; number += 1) {
    const state = all[Math.floor(number * every)];
    if (state !== undefined) await work.expectWhole(stores, state.drive, `the power went before ${state.before}`);
  }
}
