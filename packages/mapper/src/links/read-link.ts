import { systemCodeOf, type FileStatus, type FileSystem } from '@modelkeep/io';
import { kindsOf } from './link-kind.ts';
import type { KnownLink, LinkState, MadeLink } from './link-hands.ts';
import { readMark } from './link-mark.ts';

/** @internal What reads links. */
export interface LinkReading {
  readonly fileSystem: FileSystem;
  /** Null: bytes cannot be read, and no clone or copy is known again once it was touched. */
  readonly sha256: ((path: string) => Promise<string>) | null;
}

/** @internal Most places are symlinks or free, so the link is read first: one call instead of two. */
export async function readLink(reading: LinkReading, target: string, known: readonly KnownLink[]): Promise<LinkState> {
  try {
    return symbolicLink(await reading.fileSystem.readlink(target), known);
  } catch (error) {
    if (isAbsent(error)) return { kind: 'absent' };
    return readOther(reading, { target, known, readlinkError: error });
  }
}

/** @internal A link that says this. */
export function symbolicLink(text: string, known: readonly KnownLink[]): LinkState {
  for (const link of known) {
    const by = leadBy(link, text);
    if (by !== null) return { kind: 'link', source: link.source, is: link, made: { by, mark: {} } };
  }
  return { kind: 'link', source: text, is: null, made: { by: 'symlink', mark: {} } };
}

/** @internal */
export function isAbsent(error: unknown): boolean {
  const systemCode = systemCodeOf(error);
  return systemCode === 'ENOENT' || systemCode === 'ENOTDIR';
}

function leadBy({ strategy, source }: KnownLink, text: string): 'symlink' | 'junction' | null {
  const kinds = kindsOf(strategy);
  if (kinds.includes('symlink') && text === source) return 'symlink';
  return kinds.includes('junction') && junctionTarget(text) === junctionTarget(source) ? 'junction' : null;
}

/** The system puts a separator behind what a junction says, and takes either kind. */
function junctionTarget(text: string): string {
  return text
    .replace(/^\\\\\?\\/, '')
    .replaceAll('\\', '/')
    .replace(/\/+$/, '');
}

interface OtherThing {
  readonly target: string;
  readonly known: readonly KnownLink[];
  readonly readlinkError: unknown;
}

async function readOther(reading: LinkReading, { target, known, readlinkError }: OtherThing): Promise<LinkState> {
  let status: FileStatus;
  try {
    status = await reading.fileSystem.lstat(target);
  } catch (error) {
    if (isAbsent(error)) return { kind: 'absent' };
    throw error;
  }
  const { kind } = status;
  if (kind === 'symlink') throw readlinkError;
  if (kind !== 'file') return { kind: 'other', what: kind, sizeBytes: status.sizeBytes };
  for (const link of known) {
    const made = await fileBy(reading, { target, status, link });
    if (made !== null) return { kind: 'link', source: link.source, is: link, made };
  }
  return { kind: 'other', what: 'file', sizeBytes: status.sizeBytes };
}

interface KnownFile {
  readonly target: string;
  readonly status: FileStatus;
  readonly link: KnownLink;
}

/** How a file came to be the known one; null when it is another. */
async function fileBy(reading: LinkReading, { target, status, link }: KnownFile): Promise<MadeLink | null> {
  const { device, inode, sizeBytes, mtimeMs } = status;
  const kinds = kindsOf(link.strategy);
  const mark = readMark(link.mark);
  if (kinds.includes('hardlink')) {
    const isAsMarked = mark.inode === inode && mark.device === device && mark.mtimeMs === undefined;
    const isSame = isAsMarked || (await isSameFile(reading.fileSystem, link.source, status));
    if (isSame) return { by: 'hardlink', mark: { device, inode } };
  }
  const content = kinds.find((kind) => kind === 'copy' || kind === 'reflink');
  if (content !== undefined && mark.sizeBytes === sizeBytes && mark.sha256 !== undefined) {
    const isUntouched = mark.inode === inode && mark.device === device && mark.mtimeMs === mtimeMs;
    const isOurs = isUntouched || (await reading.sha256?.(target)) === mark.sha256;
    if (isOurs) return { by: content, mark: { device, inode, mtimeMs, sizeBytes, sha256: mark.sha256 } };
  }
  if (kinds.includes('written') && link.content !== null && sizeBytes === Buffer.byteLength(link.content)) {
    const bytes = await reading.fileSystem.readFile(target, { maxBytes: sizeBytes });
    if (Buffer.from(bytes).equals(Buffer.from(link.content))) return { by: 'written', mark: {} };
  }
  return null;
}

/** A drive may get another number when the machine starts again. */
async function isSameFile(fileSystem: FileSystem, source: string, { device, inode }: FileStatus): Promise<boolean> {
  try {
    const found = await fileSystem.lstat(source);
    return found.device === device && found.inode === inode;
  } catch (error) {
    if (systemCodeOf(error) === undefined) throw error;
    return false;
  }
}
