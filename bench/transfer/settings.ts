import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';

/** A folder in memory, where the system has one: bytes to serve come from there, so that no disk is measured twice. */
export const memoryFolder: string = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** Counted runs of each contender. */
export const rounds: number = wholeNumber('MODELKEEP_BENCH_ROUNDS', 9);

/** The drives that are downloaded to: a folder each. */
export const targetFolders: readonly string[] = process.env['MODELKEEP_BENCH_DIRS']?.split(',') ?? [
  ...new Set([memoryFolder, tmpdir()]),
];

/** The size of the large file. */
export function mebibytes(usual: number): number {
  return wholeNumber('MODELKEEP_BENCH_MIB', usual);
}

/** Keeps the first contender, which the others are compared with, and those whose names contain one of the given words. */
export function chosen<T extends { readonly name: string }>(contenders: readonly T[]): readonly T[] {
  const words = process.env['MODELKEEP_BENCH_ONLY']?.split(',');
  if (words === undefined) return contenders;
  return contenders.filter(({ name }, index) => index === 0 || words.some((word) => name.includes(word)));
}

function wholeNumber(name: string, usual: number): number {
  const value = Number(process.env[name] ?? usual);
  if (!Number.isSafeInteger(value) || value < 1) throw new RangeError(`${name} is not a number from 1 on`);
  return value;
}
