import type { ByteSource, LoadSafety } from '@modelkeep/core';
import { readZipDirectory } from '../zip/read-directory.ts';
import { containerOf, isTarHeader } from './container.ts';
import { createFindingLog, type FindingLog } from './findings.ts';
import { findTensors } from './find-tensors.ts';
import type { PickleContents } from './pickle-contents.ts';
import type { PickleValue } from './pickle-value.ts';
import { scanStream } from './scan-stream.ts';
import { scanTar } from './scan-tar.ts';
import { scanZip } from './scan-zip.ts';

/** Grows with each change of what the scan finds, and `rulesVersion` with it, by which a library looks at its models again. */
export const safetyRulesVersion = 2;

/** How a file is scanned. */
export interface PickleScanOptions {
  /** Named in the findings, for a model of several files. */
  readonly file?: string | undefined;
  /**
   * Whether every byte can be looked at. Without, members of an archive that hold numbers are not, and the best verdict is
   * `unscanned`.
   *
   * @default true
   */
  readonly isWhole?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a static scan tells. */
export interface PickleScan extends PickleContents {
  readonly safety: LoadSafety;
  /** Whether it is a pickle, or an archive with one in it. */
  readonly isPickle: boolean;
  /** How it is packed. */
  readonly container: 'zip' | 'tar' | 'torch-legacy' | 'plain' | 'other';
}

/**
 * Looks through a file that may run code when it is loaded: pickles by themselves, one after the other, in torch's old
 * format, in zip archives. Nothing in it is run, imported or made: a machine without functions follows the opcodes.
 * Anything that is no such file is `unscanned`.
 *
 * @throws what the source throws; never for what the bytes are
 *
 * @example
 * ```ts
 * import { bytesSource, scanPickle } from '@modelkeep/formats';
 *
 * declare const bytes: Uint8Array;
 * const { safety, tensors } = await scanPickle(bytesSource(bytes));
 * console.log(safety.verdict, safety.findings, tensors.size);
 * ```
 */
export async function scanPickle(source: ByteSource, options: PickleScanOptions = {}): Promise<PickleScan> {
  const { file = null, isWhole = true, signal } = options;
  const log = createFindingLog(file);
  const unscanned = (reason: string): void => log.add({ severity: 'unscanned', reason, global: null, offset: 0 });
  const head = await source.read(0, Math.min(512, source.sizeBytes), signal);
  const name = containerOf(head);
  const done = (value: PickleValue, scan: Pick<PickleScan, 'isPickle' | 'container'>): PickleScan => ({
    ...findTensors(value),
    ...scan,
    safety: { verdict: log.verdict(), findings: log.findings, rulesVersion: safetyRulesVersion },
  });

  if (name !== null && name !== 'tar' && isTarHeader(head)) {
    const reason = `a ${name} file that is a tar archive too`;
    log.add({ severity: 'dangerous', reason, global: null, offset: 0 });
  }
  if (name === 'zip') {
    const { value, hasPickle } = await scanZip(source, { log, isWhole, signal });
    if (!isWhole) unscanned('only parts of the file were read');
    else if (!hasPickle) unscanned('a zip archive that holds no pickle');
    return done(value, { isPickle: hasPickle, container: 'zip' });
  }
  if (name === 'tar') {
    await scanTar(source, log, signal);
    unscanned('a tar archive is not read as a whole');
    return done(null, { isPickle: log.count > 1, container: 'tar' });
  }
  if (name !== null) {
    unscanned(`a ${name} file is not looked into`);
    return done(null, { isPickle: false, container: 'other' });
  }
  const expect = head[0] === 0x80 ? 'pickle' : 'maybe';
  const { values, isPickle, isOldTorch } = await scanStream(source, { log, expect, signal });
  if (!isPickle) unscanned('no pickle and nothing else that is known');
  else await reportHiddenZip(source, log, signal);
  return done(values[isOldTorch ? 3 : 0] ?? null, { isPickle, container: isOldTorch ? 'torch-legacy' : 'plain' });
}

/** Programs that look for an archive from the end find one where others read a pickle. */
async function reportHiddenZip(source: ByteSource, log: FindingLog, signal: AbortSignal | undefined): Promise<void> {
  const directory = await readZipDirectory(source, { maxMembers: 1_000, maxDirectoryBytes: 1_048_576 }, signal);
  if (directory === null || directory.entries.length === 0) return;
  log.add({
    severity: 'dangerous',
    reason: 'a pickle that is a zip archive too',
    global: null,
    offset: directory.offset,
  });
}
