import { isModelkeepError, startOperation, type Operation, type Progress } from '@modelkeep/core';
import type { ListedFolder, WalkedFolder, WalkedTree, WalkNote } from '@modelkeep/io';
import { isBelow } from '../external/external-place.ts';
import { openScanState, type KnownFile, type ScanState } from '../state/scan-state.ts';
import type { StoreContext } from '../store-context.ts';
import { createOrigins, type UnitOrigin } from '../stores/lm-studio.ts';
import { scanStores } from '../stores/scan-stores.ts';
import { hashFound } from './hash-found.ts';
import { markMissing } from './mark-missing.ts';
import { isWithin, keptDigest, planUnits } from './plan-units.ts';
import { reportKnownDuplicates } from './report-adopted.ts';
import { resolveRoots } from './resolve-roots.ts';
import { emptyReport, type GrowingReport, type ScanReport } from './scan-report.ts';
import { scanRules } from './scan-rules.ts';
import { adoptUnit, unitFiles, type UnitFile } from './scan-unit.ts';
import { seedKnown } from './seed-known.ts';

/** How folders are scanned. */
export interface ScanOptions {
  /** Larger files are reported and not read. @default 15_000_000_000 */
  readonly maxHashBytes?: number | undefined;
  /**
   * Takes the digests that other tools (the caches of Hugging Face and Ollama) say of their files for true, and does not
   * read them. @default false
   */
  readonly trustStores?: boolean | undefined;
  /** Also scans the home folder and what holds it, such as a whole drive. @default false */
  readonly wide?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** @internal Files that are hashed and made models of together: what a scan that is cut off does again. */
const UNITS_AT_ONCE = 64;

/** @internal Brings the library up to date with folders outside of it. */
export function scanRoots(
  context: StoreContext,
  roots: readonly string[],
  options: ScanOptions & { readonly before: () => void },
): Operation<ScanReport> {
  return startOperation(async (tell) => {
    options.before();
    const report = emptyReport();
    await scan(context, roots, { ...options, report, tell });
    tell({ phase: 'done', fraction: 1, file: null, etaMs: 0 });
    return report;
  });
}

interface Scan extends ScanOptions {
  readonly report: GrowingReport;
  readonly tell: (change: Partial<Progress>) => void;
}

async function scan(context: StoreContext, given: readonly string[], options: Scan): Promise<void> {
  const { report, tell, signal } = options;
  const state = openScanState(context);
  const { online, offline } = await resolveRoots(context, { state, given, wide: options.wide });
  report.roots.push(...online.map((path) => ({ path, state: 'scanned' as const })));
  report.roots.push(...offline.map((path) => ({ path, state: 'offline' as const })));
  for (const root of offline) report.offline += (await state.filesBelow(root)).length;
  for (const root of online) if (!(await state.knowsRoot(root))) await seedKnown(context, state, root);

  tell({ phase: 'planning' });
  const walked = new Map<string, WalkedFolder>();
  const library = await context.fileSystem.realpath(context.layout.root);
  const tree = await context.io.walkTree({
    ...scanRules,
    roots: online,
    leaveOut: [library],
    onFolders: (folders) => {
      for (const folder of folders) {
        walked.set(folder.path, folder);
        report.total += folder.files;
      }
    },
    signal,
  });
  noteWalk(report, tree);
  const closed = tree.notes.filter(({ reason }) => reason === 'unreadable').map(({ path }) => path);
  const known = new Map<string, string>();
  for (const root of online) for (const [path, digest] of await state.foldersBelow(root)) known.set(path, digest);
  const { changed, gone } = planUnits(walked, known, closed);

  const places = { online, library, closed: new Set(closed) };
  const originOf = createOrigins(online, walked);
  const vanished = await scanUnits(context, [...changed], { ...options, state, places, known, originOf });
  const inStores = await scanStores(context, tree.stores, { ...options, state });
  const left = await filesInFolders(state, gone);
  vanished.files.push(...left.filter(({ path, folder }) => !inStores.has(path) && !isWithin(folder, places.closed)));

  const settled = await markMissing(context, vanished.files, {
    report,
    devices: new Set(tree.devices),
    renumbered: vanished.renumbered,
    signal,
  });
  const done = new Set(settled);
  const waiting = new Set(vanished.files.filter(({ path }) => !done.has(path)).map(({ folder }) => folder));
  const goneFolders = gone.filter((folder) => known.get(folder) !== '' && !waiting.has(folder));
  await state.settle({ gone: settled, goneFolders });
  await reportKnownDuplicates(context, report, { state, online });
  for (const root of online) if (!(await state.knowsRoot(root))) await state.addRoot(root);
}

interface Places {
  readonly online: readonly string[];
  readonly library: string;
  readonly closed: ReadonlySet<string>;
}

interface UnitsOptions extends Scan {
  readonly state: ScanState;
  readonly places: Places;
  /** Digests of folders by their paths. */
  readonly known: ReadonlyMap<string, string>;
  readonly originOf: (unit: string, files: readonly UnitFile[]) => UnitOrigin;
}

interface Vanished {
  readonly files: KnownFile[];
  readonly renumbered: ReadonlySet<string>;
}

async function scanUnits(
  context: StoreContext,
  changed: readonly (readonly [string, readonly WalkedFolder[]])[],
  options: UnitsOptions,
): Promise<Vanished> {
  const { report, state, places, tell, signal } = options;
  const leadsIn = (path: string): 'in' | 'library' | 'out' => {
    if (isBelow(places.library, path)) return 'library';
    return places.online.some((root) => isBelow(root, path)) ? 'in' : 'out';
  };
  const vanished: KnownFile[] = [];
  const renumbered = new Set<string>();
  for (let start = 0; start < changed.length; start += UNITS_AT_ONCE) {
    const units = changed.slice(start, start + UNITS_AT_ONCE);
    const planned = units.flatMap(([, inUnit]) => inUnit.map(({ path }) => path));
    const listed = new Map<string, ListedFolder>();
    for (const folder of await context.io.listFolders(planned, { ...scanRules, signal })) {
      if (folder.unreadable === undefined) listed.set(folder.path, folder);
      else noteUnreadable(report, folder.path, folder.unreadable);
    }
    // Of a unit that cannot be read whole any more nothing is said: the next scan looks at it again.
    const whole = units.filter(([, inUnit]) => inUnit.every(({ path }) => listed.has(path)));
    const folders = whole.flatMap(([, inUnit]) => inUnit.map(({ path }) => path));
    const known = new Map((await state.filesIn(folders)).map((file) => [file.path, file]));
    const batch = whole.map(([unit, inUnit]) => ({
      unit,
      inUnit,
      ...unitFiles(
        unit,
        inUnit.flatMap(({ path }) => listed.get(path) ?? []),
        { report, leadsIn },
      ),
    }));
    const wanted = batch.flatMap(({ files }) => files);
    for (const file of wanted) {
      const before = known.get(file.path);
      if (before !== undefined && before.device !== file.device && before.inode === file.inode)
        renumbered.add(before.device);
    }
    const contents = await hashFound(context, wanted, known, { ...options, onProgress: tell });
    for (const one of batch) await settleUnit(context, one, { ...options, contents });
    const seen = new Set(wanted.map(({ path }) => path));
    for (const file of known.values()) if (!seen.has(file.path)) vanished.push(file);
  }
  return { files: vanished, renumbered };
}

interface Unit {
  readonly unit: string;
  readonly inUnit: readonly WalkedFolder[];
  readonly files: readonly UnitFile[];
  readonly isWhole: boolean;
}

/** A unit of which something could not be used is looked at again by the next scan. */
async function settleUnit(
  context: StoreContext,
  { unit, inUnit, files, isWhole }: Unit,
  options: UnitsOptions & { readonly contents: ReadonlyMap<string, KnownFile> },
): Promise<void> {
  const { state, report, known, contents, signal, tell, originOf } = options;
  tell({ phase: 'indexing', file: unit });
  const before = report.duplicates.length;
  try {
    const adopted = await adoptUnit(
      context,
      { unit, files },
      { report, contents, origin: originOf(unit, files), signal },
    );
    const fresh = adopted.filter((path) => contents.get(path)?.adoptedSha256 !== contents.get(path)?.sha256);
    const digests = inUnit.map((folder) => ({ path: folder.path, digest: keptDigest(folder) }));
    const isSettled = isWhole && adopted.length === files.length;
    const folders = isSettled ? digests.filter(({ path, digest }) => known.get(path) !== digest) : [];
    const duplicates = { among: adopted, found: report.duplicates.slice(before) };
    await state.settle({ adopted: fresh, folders, duplicates });
  } catch (error) {
    if (!isUnitError(error)) throw error;
    report.errors.push({ path: unit, code: error.code, message: error.message });
  }
}

/** What a file that changed or went meanwhile answers; a full or broken drive of the library ends the scan. */
function isUnitError(error: unknown): error is Error & { readonly code: string } {
  return isModelkeepError(error, 'io.not-found') || isModelkeepError(error, 'io.changed-while-read');
}

async function filesInFolders(state: ScanState, folders: readonly string[]): Promise<KnownFile[]> {
  const files: KnownFile[] = [];
  for (let start = 0; start < folders.length; start += UNITS_AT_ONCE) {
    for (const file of await state.filesIn(folders.slice(start, start + UNITS_AT_ONCE))) files.push(file);
  }
  return files;
}

const noteReasons: Readonly<Record<Exclude<WalkNote['reason'], 'unreadable'>, string>> = {
  hidden: 'a hidden folder',
  library: 'a model library: its files belong to it',
  'link-to-folder': 'a link to a folder: scan the folder that it leads to',
  'broken-link': 'a link that leads nowhere',
  'special-file': 'neither a file nor a folder',
  'too-deep': 'more than 64 folders deep',
  'unusable-name': 'a name with control characters, or in no known encoding',
};

function noteWalk(report: GrowingReport, { notes }: WalkedTree): void {
  for (const { path, reason, systemCode } of notes) {
    if (reason !== 'unreadable') {
      report.skipped.push({ path, reason: noteReasons[reason] });
      continue;
    }
    noteUnreadable(report, path, systemCode ?? 'UNKNOWN');
  }
}

function noteUnreadable(report: GrowingReport, path: string, systemCode: string): void {
  report.errors.push({ path, code: codeOf(systemCode), message: `the folder cannot be read (${systemCode})` });
}

function codeOf(systemCode: string): string {
  if (systemCode === 'EACCES' || systemCode === 'EPERM') return 'io.permission';
  return systemCode === 'EMFILE' || systemCode === 'ENFILE' ? 'core.too-many-files' : 'io.failed';
}
