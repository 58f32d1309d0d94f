import type { ByteSource } from '@modelkeep/core';
import { rangeSource } from '../source/range-source.ts';
import { shown, type FindingLog } from './findings.ts';
import { scanStream } from './scan-stream.ts';

const BLOCK = 512;
const MAX_MEMBERS = 10_000;

/** @internal Looks for pickles in a tar file, as torch wrote it up to 2016. What it holds beside them is not understood. */
export async function scanTar(source: ByteSource, log: FindingLog, signal: AbortSignal | undefined): Promise<void> {
  const latin1 = new TextDecoder('latin1');
  let at = 0;
  for (let member = 0; at + BLOCK <= source.sizeBytes && member < MAX_MEMBERS; member += 1) {
    const header = await source.read(at, BLOCK, signal);
    if (header.every((byte) => byte === 0)) break;
    const field = (from: number, length: number): string =>
      latin1.decode(header.subarray(from, from + length)).replace(/\0.*$/s, '');
    const sizeBytes = Number.parseInt(field(124, 12).trim(), 8);
    if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0 || at + BLOCK + sizeBytes > source.sizeBytes) {
      log.add({ severity: 'suspicious', reason: 'a tar archive that is broken', global: null, offset: at });
      return;
    }
    const content = rangeSource(source, at + BLOCK, sizeBytes);
    await scanStream(content, { log: log.within(shown(field(0, 100))), expect: 'maybe', signal });
    at += BLOCK + Math.ceil(sizeBytes / BLOCK) * BLOCK;
  }
}
