import type { ByteSource } from '@modelkeep/core';
import { readZipDirectory } from '../zip/read-directory.ts';
import { entryOfHeader, readZipLocalHeader } from '../zip/read-local-header.ts';
import type { ZipEntry } from '../zip/zip-entry.ts';
import { reportDisguisedNumbers } from './disguised-numbers.ts';
import { shown, type FindingLog } from './findings.ts';
import { judgeZipEntries, judgeZipName } from './judge-zip.ts';
import { pickleLimits } from './limits.ts';
import { scanMember, type ScanZipOptions } from './scan-member.ts';
import { storageOf } from './storages.ts';
import type { PickleValue } from './pickle-value.ts';
import { walkValues } from './walk-values.ts';

/** What an archive holds. */
export interface ZipScan {
  /** Of its `data.pkl`, as torch takes it; null where there is none. */
  readonly value: PickleValue;
  readonly hasPickle: boolean;
}

const PICKLE_NAME = /(?:^|\/)[^/]*\.(?:pkl|pickle|pck|p|dill|joblib)$/i;
/** Of an archive without a directory. */
const MAX_HEADERS = 10_000;
const MAIN_PICKLE = /(?:^|\/)data\.pkl$/;

/** @internal Looks through a zip file: its structure, all pickles in it, and what is in it that nobody asks for. */
export async function scanZip(source: ByteSource, options: ScanZipOptions): Promise<ZipScan> {
  const { log, isWhole, signal } = options;
  const whole = (reason: string, offset: number): void =>
    log.add({ severity: 'dangerous', reason, global: null, offset });
  const directory = await readZipDirectory(
    source,
    { maxMembers: pickleLimits.maxZipMembers, maxDirectoryBytes: pickleLimits.maxZipDirectoryBytes },
    signal,
  );
  if (directory === null) {
    whole('a zip archive without its directory', 0);
    return { value: null, hasPickle: await scanByHeaders(source, options) };
  }
  for (const problem of directory.problems) whole(`the zip archive is broken: ${problem}`, directory.offset);
  judgeZipEntries(directory, log);

  const isPickle = ({ name }: ZipEntry): boolean => PICKLE_NAME.test(name);
  const pickles = directory.entries.filter(isPickle);
  const main = pickles.find(({ name }) => MAIN_PICKLE.test(name));
  let value: PickleValue = null;
  const spans: { from: number; to: number; name: string }[] = [];
  const look = async (entry: ZipEntry, expect: 'pickle' | 'maybe' | 'numbers'): Promise<void> => {
    signal?.throwIfAborted();
    const own = log.within(entry.name);
    judgeZipName(entry, own);
    const header = await readZipLocalHeader(source, entry, signal);
    if (header === null) {
      own.add({
        severity: 'dangerous',
        reason: 'a member without its header',
        global: null,
        offset: entry.headerOffset,
      });
      return;
    }
    for (const problem of header.problems) {
      own.add({
        severity: 'dangerous',
        reason: `a member that is read in two ways: ${problem}`,
        global: null,
        offset: entry.headerOffset,
      });
    }
    spans.push({ from: entry.headerOffset, to: header.end, name: entry.name });
    if (expect === 'numbers') {
      if (entry.method !== 0) return;
      const { dataOffset: offset } = header;
      await reportDisguisedNumbers(source, { offset, sizeBytes: entry.sizeBytes, log: own, signal });
      return;
    }
    const found = await scanMember(source, {
      entry,
      dataOffset: header.dataOffset,
      expect,
      options: { ...options, log: own },
      scanZip,
    });
    if (entry === main) value = found;
  };
  for (const entry of pickles) await look(entry, 'pickle');

  const numbers = referencedNumbers(value, main?.name ?? '');
  for (const entry of directory.entries) {
    if (isPickle(entry)) continue;
    const wanted = numbers.get(entry.name);
    const isNumbers = wanted !== undefined && wanted === entry.sizeBytes;
    if (isNumbers && !isWhole) judgeZipName(entry, log.within(entry.name));
    else await look(entry, isNumbers ? 'numbers' : 'maybe');
  }
  if (isWhole) reportGaps(spans, directory.offset, log);
  if (directory.entries.some(({ name }) => /(?:^|\/)code\/.*\.py$/.test(name))) {
    log.add({
      severity: 'suspicious',
      reason: 'TorchScript: a program that torch.jit.load runs',
      global: null,
      offset: 0,
    });
  }
  return { value, hasPickle: pickles.length > 0 };
}

/** Members that hold numbers of tensors, with the bytes that those need. */
function referencedNumbers(value: PickleValue, main: string): ReadonlyMap<string, number> {
  const folder = main.slice(0, main.length - 'data.pkl'.length);
  const numbers = new Map<string, number>();
  for (const each of walkValues(value)) {
    const storage = storageOf(each);
    if (storage === null) continue;
    const name = `${folder}data/${storage.key}`;
    numbers.set(name, Math.max(storage.sizeBytes, numbers.get(name) ?? 0));
  }
  return numbers;
}

/** Bytes of the file that belong to no member, and members that share bytes: what one program sees and another does not. */
function reportGaps(
  spans: readonly { readonly from: number; readonly to: number; readonly name: string }[],
  directoryOffset: number,
  log: FindingLog,
): void {
  let end = 0;
  for (const { from, to, name } of spans.toSorted((a, b) => a.from - b.from)) {
    if (from !== end) {
      const reason = from < end ? `the member ${shown(name)} lies within another` : 'bytes that belong to no member';
      log.add({ severity: 'dangerous', reason, global: null, offset: Math.min(from, end) });
    }
    end = Math.max(end, to);
  }
  if (end !== directoryOffset) {
    log.add({ severity: 'dangerous', reason: 'bytes that belong to no member', global: null, offset: end });
  }
}

/** Looks through the members of an archive that has no directory, one after the other as far as their headers lead. */
async function scanByHeaders(source: ByteSource, options: ScanZipOptions): Promise<boolean> {
  let hasPickle = false;
  let at = 0;
  for (let member = 0; member < MAX_HEADERS; member += 1) {
    const entry = await entryOfHeader(source, at, options.signal);
    const header = entry === null ? null : await readZipLocalHeader(source, entry, options.signal);
    if (entry === null || header === null) break;
    const log = options.log.within(entry.name);
    const expect = PICKLE_NAME.test(entry.name) ? 'pickle' : 'maybe';
    hasPickle ||= expect === 'pickle';
    await scanMember(source, { entry, dataOffset: header.dataOffset, expect, options: { ...options, log }, scanZip });
    at = header.end;
  }
  return hasPickle;
}
