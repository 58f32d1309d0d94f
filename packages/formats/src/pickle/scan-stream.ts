import type { ByteSource } from '@modelkeep/core';
import { createBlockReader, type BlockReader } from '../source/block-reader.ts';
import { bytesSource } from '../source/bytes-source.ts';
import { containerOf } from './container.ts';
import { namesOnly, type FindingLog } from './findings.ts';
import { pickleLimits } from './limits.ts';
import { runPickle, type PickleRun } from './run-pickle.ts';
import { itemsOf, type PickleValue } from './pickle-value.ts';
import { storageOf } from './storages.ts';
import { walkValues } from './walk-values.ts';

/** How bytes are scanned that may be pickles. */
export interface ScanStreamOptions {
  readonly log: FindingLog;
  /** `pickle`: the bytes must be one. `maybe`: bytes that break off are no pickle, and no finding. */
  readonly expect: 'pickle' | 'maybe';
  readonly signal?: AbortSignal | undefined;
  readonly depth?: number | undefined;
}

/** What a stream of pickles holds. */
export interface StreamScan {
  /** Of each pickle that ends, in their order. */
  readonly values: readonly PickleValue[];
  /** Whether the bytes are pickles: one ends, or something was found in what does not. */
  readonly isPickle: boolean;
  /** Torch's format of before 2020: the value that was saved is the fourth. */
  readonly isOldTorch: boolean;
}

/** Written first by torch's old format; source: MAGIC_NUMBER in torch/serialization.py. */
const OLD_TORCH_MAGIC = 0x1950a86a20f9469cfc6cn;
const OLD_TORCH_PICKLES = 5;

/** @internal Looks through all the pickles of a stream, those in it and what follows them. */
export async function scanStream(source: ByteSource, options: ScanStreamOptions): Promise<StreamScan> {
  const { log, expect, signal } = options;
  const reader = createBlockReader(source, signal);
  const values: PickleValue[] = [];
  let isOldTorch = false;
  let firstFailed = false;
  for (let index = 0; reader.remainingBytes > 0; index += 1) {
    const start = reader.position;
    const before = log.count;
    const run = await runPickle(reader, log);
    await scanInner(run, options);
    if (run.problem === null) {
      values.push(run.value);
      if (index === 0) isOldTorch = run.value === OLD_TORCH_MAGIC;
      if (isOldTorch && values.length === OLD_TORCH_PICKLES) {
        await scanStorages(source, { reader, values, options });
        break;
      }
      if (index >= pickleLimits.maxConcatenated) {
        log.add({ severity: 'suspicious', reason: 'more pickles than are looked at', global: null, offset: start });
        break;
      }
      continue;
    }
    const isKnown = log.count > before || run.isLimit;
    firstFailed = index === 0 && log.count === before;
    if (index === 0 && expect === 'maybe' && !isKnown) break;
    const reason = run.isLimit
      ? `not looked at to its end: ${run.problem}`
      : index === 0
        ? `the pickle is broken: ${run.problem}`
        : 'bytes follow the end of the pickle';
    log.add({ severity: 'suspicious', reason, global: null, offset: index === 0 ? reader.position : start });
    await reportContainer(source, start, log);
    break;
  }
  return { values, isPickle: !firstFailed && source.sizeBytes > 0, isOldTorch };
}

async function scanInner({ inner }: PickleRun, { log, depth = 0, signal }: ScanStreamOptions): Promise<void> {
  for (const { bytes, offset } of inner) {
    if (depth >= pickleLimits.maxDepth) {
      log.add({ severity: 'suspicious', reason: 'pickles nested deeper than is looked at', global: null, offset });
      return;
    }
    await scanStream(bytesSource(bytes), {
      log: log.within(`bytes at ${offset}`),
      expect: 'pickle',
      signal,
      depth: depth + 1,
    });
  }
}

/** A file that is a pickle to one program and an archive to another. */
async function reportContainer(source: ByteSource, offset: number, log: FindingLog): Promise<void> {
  if (offset === 0) return;
  const container = containerOf(await source.read(offset, Math.min(512, source.sizeBytes - offset)));
  if (container === null) return;
  log.add({ severity: 'dangerous', reason: `a ${container} archive follows the pickle`, global: null, offset });
}

/** Behind torch's old pickles come the numbers, of each storage its count and its bytes: exactly those, or else something is hidden. */
async function scanStorages(
  source: ByteSource,
  {
    reader,
    values,
    options: { log, signal },
  }: { readonly reader: BlockReader; readonly values: readonly PickleValue[]; readonly options: ScanStreamOptions },
): Promise<void> {
  const storages = new Map<string, number>();
  for (const value of walkValues(values[3] ?? null)) {
    const storage = storageOf(value);
    if (storage !== null) storages.set(storage.key, Math.max(storage.sizeBytes, storages.get(storage.key) ?? 0));
  }
  const keys = itemsOf(values[4]).map(String);
  const expected = keys.reduce((sum, key) => sum + 8 + (storages.get(key) ?? 0), 0);
  const at = reader.position;
  if (expected !== reader.remainingBytes) {
    const reason = `${reader.remainingBytes} bytes of tensors where ${expected} belong`;
    log.add({ severity: 'suspicious', reason, global: null, offset: at });
  }
  if (reader.remainingBytes === 0) return;
  const rest = {
    sizeBytes: reader.remainingBytes,
    read: (from: number, length: number) => source.read(at + from, length, signal),
  };
  await runPickle(createBlockReader(rest, signal), namesOnly(log, at));
}
