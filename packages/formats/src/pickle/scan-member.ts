import { crc32 } from 'node:zlib';
import type { ByteSource } from '@modelkeep/core';
import { openZipMember } from '../zip/read-member.ts';
import type { ZipEntry } from '../zip/zip-entry.ts';
import { containerOf } from './container.ts';
import { namesOnly, type FindingLog } from './findings.ts';
import { pickleLimits } from './limits.ts';
import type { PickleValue } from './pickle-value.ts';
import { scanStream } from './scan-stream.ts';

/** How an archive is scanned. */
export interface ScanZipOptions {
  readonly log: FindingLog;
  /** Without: of numbers neither headers nor bytes are read, where each costs a request. */
  readonly isWhole: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly depth?: number | undefined;
}

/** Which member of an archive is scanned, and how. */
export interface ScanMemberOptions {
  readonly entry: ZipEntry;
  readonly dataOffset: number;
  readonly expect: 'pickle' | 'maybe';
  /** The log is the member's own. */
  readonly options: ScanZipOptions;
  /** For an archive in the archive. */
  readonly scanZip: (source: ByteSource, options: ScanZipOptions) => Promise<unknown>;
}

const PROGRAM = /(?:^|\/)code\/.*\.py$/;

/** @internal Looks through one member of an archive. @returns what its first pickle holds */
export async function scanMember(
  source: ByteSource,
  { entry, dataOffset, expect, options, scanZip }: ScanMemberOptions,
): Promise<PickleValue> {
  const { log, signal, depth = 0 } = options;
  const suspicious = (reason: string): void =>
    log.add({ severity: 'suspicious', reason: `a member that ${reason}`, global: null, offset: 0 });
  const member = await openZipMember(source, entry, {
    dataOffset,
    maxInflatedBytes: pickleLimits.maxInflatedBytes,
    signal,
  });
  if (member.kind === 'problem') {
    suspicious(member.reason);
    return null;
  }
  const head = await member.source.read(0, Math.min(512, member.source.sizeBytes), signal);
  const container = containerOf(head);
  if (container !== null) {
    suspicious(`is a ${container} file of its own`);
    if (container === 'zip' && depth < pickleLimits.maxDepth)
      await scanZip(member.source, { ...options, isWhole: true, depth: depth + 1 });
    return null;
  }
  if (expect === 'pickle' && member.offset !== null) await compareChecksum(member.source, { entry, log, signal });
  // What torch.jit compiles is text, and no loader takes it for a pickle.
  const isProgram = expect === 'maybe' && PROGRAM.test(entry.name);
  const { values } = await scanStream(member.source, { log: isProgram ? namesOnly(log) : log, expect, signal, depth });
  return values[0] ?? null;
}

/** Some programs stop at a wrong checksum and others do not look. */
async function compareChecksum(
  source: ByteSource,
  {
    entry,
    log,
    signal,
  }: { readonly entry: ZipEntry; readonly log: FindingLog; readonly signal: AbortSignal | undefined },
): Promise<void> {
  if (source.sizeBytes > pickleLimits.maxInflatedBytes) return;
  const found = crc32(await source.read(0, source.sizeBytes, signal));
  if (found === entry.crc32) return;
  log.add({ severity: 'suspicious', reason: 'a member that has a wrong checksum', global: null, offset: 0 });
}
