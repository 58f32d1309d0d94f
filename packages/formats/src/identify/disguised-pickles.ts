import type { ByteSource } from '@modelkeep/core';
import { isTarHeader } from '../pickle/container.ts';
import { createFindingLog } from '../pickle/findings.ts';
import { runPickle } from '../pickle/run-pickle.ts';
import { scanPickle, type PickleScan } from '../pickle/scan-pickle.ts';
import { createBlockReader } from '../source/block-reader.ts';
import { rangeSource } from '../source/range-source.ts';
import type { IdentifyPickleOptions } from './identify-pickle.ts';
import type { NamedSource } from './named-source.ts';

/** Bytes by which a genuine header has broken off as a pickle. */
const HEAD_BYTES = 4_096;
const TAR_BYTES = 512;

/**
 * @internal The files that begin like safetensors or GGUF and are pickles, or torch's tar files, too: loaded by a program that does not look, as
 * one named `.ckpt` may be, they run what they hold.
 */
export async function disguisedPickles(
  shards: readonly NamedSource<ByteSource>[],
  { isWhole, signal }: IdentifyPickleOptions,
): Promise<readonly PickleScan[]> {
  const disguised: PickleScan[] = [];
  for (const { source } of shards) {
    const log = createFindingLog(null);
    const reader = createBlockReader(rangeSource(source, 0, Math.min(HEAD_BYTES, source.sizeBytes)), signal);
    const { problem, isCut } = await runPickle(reader, log);
    const isTar = isTarHeader(await source.read(0, Math.min(TAR_BYTES, source.sizeBytes), signal));
    if (!isTar && problem !== null && !isCut && log.count === 0) continue;
    const scan = await scanPickle(source, { isWhole, signal });
    if (scan.isPickle || isTar) disguised.push(scan);
  }
  return disguised;
}
