import type { ByteSource } from '@modelkeep/core';
import { createBlockReader } from '../source/block-reader.ts';
import { rangeSource } from '../source/range-source.ts';
import { createFindingLog, type FindingLog } from './findings.ts';
import { runPickle } from './run-pickle.ts';

/** Bytes by which numbers have broken off as a pickle. */
const HEAD_BYTES = 4_096;
const PLAIN = /^[A-Za-z_][\w.]+$/;

/**
 * @internal Whether the numbers of a tensor begin with a pickle that names something. Numbers look like opcodes by chance, and
 * never like a name behind the opcode for one.
 */
export async function reportDisguisedNumbers(
  source: ByteSource,
  {
    offset,
    sizeBytes,
    log,
    signal,
  }: {
    readonly offset: number;
    readonly sizeBytes: number;
    readonly log: FindingLog;
    readonly signal: AbortSignal | undefined;
  },
): Promise<void> {
  const own = createFindingLog(null);
  const head = rangeSource(source, offset, Math.min(HEAD_BYTES, sizeBytes));
  await runPickle(createBlockReader(head, signal), own);
  const named = own.findings.find(({ global }) => global !== null && PLAIN.test(global));
  if (named !== undefined)
    log.add({ ...named, severity: 'dangerous', reason: `numbers that are a pickle: ${named.reason}` });
}
