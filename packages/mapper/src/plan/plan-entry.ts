import { systemCodeOf, type FileSystem } from '@modelkeep/io';
import { inFolder, lastSegment } from '../app/path-parts.ts';
import { foldName } from '../app/safe-names.ts';
import { isAsWanted } from '../apply/check-change.ts';
import { foreignReason, linkedByOthers } from '../links/foreign-reason.ts';
import type { KnownLink, LinkHands, LinkState } from '../links/link-hands.ts';
import { strategyOf, type LinkKind } from '../links/link-kind.ts';
import { markText } from '../links/link-mark.ts';
import { knownLinks } from '../registry/known-links.ts';
import type { RegisteredLink } from '../registry/link-row.ts';
import type { LinkingOptions, StrategyChooser } from './choose-strategies.ts';
import type { FolderView } from './folder-views.ts';
import type { LinkPlanEntry, PlannedAction } from './link-plan.ts';
import type { LinkReason } from './link-reason.ts';
import type { PlacedFile } from './placement.ts';
import type { WantedLink } from './wanted-link.ts';
import { pathTooLong } from './path-limit.ts';
import { verifySource } from './verify-source.ts';

/** @internal */
export interface PlanEntryOptions {
  readonly fileSystem: FileSystem;
  /** The system that paths are judged for. */
  readonly platform: NodeJS.Platform;
  readonly hands: LinkHands;
  readonly chooser: StrategyChooser;
  /** Set when somebody wants links made in certain ways: then one that was made in another is made again. */
  readonly linking: LinkingOptions | undefined;
  readonly wanted: WantedLink;
  /** The folder that the link itself is in. */
  readonly view: FolderView;
  readonly registered: ReadonlyMap<string, RegisteredLink>;
  /** What links in the app say, as far as they were read already. */
  readonly texts: ReadonlyMap<string, string>;
  /** Sources that were found good already. */
  readonly seen: ReadonlySet<string>;
}

/** What is found at the place of a link, and what follows. */
interface Found {
  readonly action: PlannedAction;
  readonly reason: LinkReason | null;
  readonly strategies?: readonly LinkKind[];
}

const NEW: Found = { action: 'create', reason: null };

/** @internal Compares one wanted link with the disk and the registry. */
export async function planEntry(options: PlanEntryOptions): Promise<LinkPlanEntry> {
  const { view, wanted } = options;
  const { model, folder, file, name } = wanted;
  const { record } = model;
  const ownName = lastSegment(name);
  const target = inFolder(view.path, ownName);
  const entry = ({ action, reason, strategies = [] }: Found): LinkPlanEntry => ({
    action,
    modelId: record.id,
    slug: record.slug,
    fileSha256: file.fileSha256,
    source: file.source,
    folder,
    name,
    target,
    strategies,
    bytesToWrite: bytesOf(strategies, { action, sizeBytes: file.sizeBytes ?? 0 }),
    reason,
  });
  if (view.problem !== null) return entry({ action: 'conflict', reason: view.problem });
  const tooLong = pathTooLong(target, options.platform);
  if (tooLong !== null) return entry({ action: 'skipped', reason: tooLong });
  const found = view.entries.has(foldName(ownName)) ? await compareWithDisk(options, target) : NEW;
  if (found.action !== 'create' && found.action !== 'replace') return entry(found);
  if ((file.origin ?? 'library') === 'library' && !options.seen.has(file.source)) {
    const problem = await verifySource(options.fileSystem, {
      folder: model.folder,
      source: file.source,
      leadsTo: file.leadsTo,
    });
    if (problem !== null) return entry({ action: 'skipped', reason: problem });
  }
  const strategies = found.strategies ?? (await options.chooser.choose(file, view));
  if (strategies.length > 0) return entry({ ...found, strategies });
  const message = `nothing can be linked to ${target}: ${refusals(options.chooser, view)}`;
  return entry({ action: 'skipped', reason: { code: 'no-link-possible', message } });
}

/** Only a copy and what is written take room. */
function bytesOf(
  [first]: readonly LinkKind[],
  { action, sizeBytes }: { readonly action: PlannedAction; readonly sizeBytes: number },
): number {
  if (action !== 'create' && action !== 'replace') return 0;
  return first === 'copy' || first === 'written' ? sizeBytes : 0;
}

function refusals(chooser: StrategyChooser, view: FolderView): string {
  const refused = chooser.choices().find(({ folder }) => folder === view.path)?.refused ?? [];
  return refused.map(({ strategy, reason }) => `${strategy} ${reason}`).join(', ');
}

async function compareWithDisk(options: PlanEntryOptions, target: string): Promise<Found> {
  const { wanted, registered } = options;
  const { file } = wanted;
  const row = registered.get(target);
  const alike = asMadeByOthers(file);
  const state = await stateInView(options, { target, alike });
  if (state === 'case-collision') {
    const message = `a file whose name differs from ${target} only in case is in the way on drives that do not tell them apart`;
    return { action: 'conflict', reason: { code: 'case-collision', message } };
  }
  if (state.kind === 'absent') return { action: 'create', reason: null };
  if (state.kind === 'link' && state.is !== null) {
    if (row !== undefined && state.is !== alike) return asRecorded(options, { row, is: state.is });
    return { action: 'keep', reason: linkedByOthers(target) };
  }
  const isSameContent = file.isNamedByContent === true && state.kind === 'other' && state.sizeBytes === file.sizeBytes;
  if (isSameContent) return { action: 'keep', reason: linkedByOthers(target) };
  return { action: 'conflict', reason: foreignReason(target, state) };
}

/** One of ours: kept while it leads to what is wanted, in a way that may still be used. */
async function asRecorded(
  { wanted, chooser, view, linking, fileSystem }: PlanEntryOptions,
  { row, is }: { readonly row: RegisteredLink; readonly is: KnownLink },
): Promise<Found> {
  const { file } = wanted;
  if (is !== row || row.source !== file.source) return { action: 'replace', reason: null };
  if (row.strategy !== 'symlink') {
    const mark = row.strategy === 'hardlink' ? markText(await inodeOf(fileSystem, file.source)) : row.mark;
    if (!isAsWanted(row, { ...row, mark, fileSha256: file.fileSha256 })) return { action: 'replace', reason: null };
  }
  if (linking !== undefined && (file.origin ?? 'library') === 'library') {
    const strategies = await chooser.choose(file, view);
    const ways: readonly string[] = linking.prefer === undefined ? strategies : strategies.slice(0, 1);
    if (strategies.length > 0 && !ways.includes(row.strategy)) return { action: 'replace', reason: null, strategies };
  }
  return { action: 'keep', reason: null };
}

/** While the drive of the library is not connected the link is kept. */
async function inodeOf(fileSystem: FileSystem, path: string): Promise<{ inode?: string }> {
  try {
    return { inode: (await fileSystem.lstat(path)).inode };
  } catch (error) {
    if (systemCodeOf(error) === undefined) throw error;
    return {};
  }
}

const waysOfOthers: Readonly<Record<'library' | 'store' | 'written', readonly LinkKind[]>> = {
  library: ['symlink', 'junction', 'hardlink'],
  store: ['symlink'],
  written: ['written'],
};

/** The wanted link as it is known when somebody else has made it. */
function asMadeByOthers({ origin = 'library', source, content = null }: PlacedFile): KnownLink {
  return { source, strategy: strategyOf(waysOfOthers[origin]), mark: null, content };
}

/** The folder was listed once: only what is there is read. Our own links with another case are about to go. */
async function stateInView(
  { hands, view, wanted, registered, texts }: PlanEntryOptions,
  { target, alike }: { readonly target: string; readonly alike: KnownLink },
): Promise<LinkState | 'case-collision'> {
  const ownName = lastSegment(wanted.name);
  const named = view.entries.get(foldName(ownName)) ?? [];
  if (named.some(({ name }) => name === ownName)) {
    const row = registered.get(target);
    return hands.read(target, [...(row === undefined ? [] : knownLinks(row)), alike], texts.get(target));
  }
  const foreign = named.some(({ name }) => !registered.has(inFolder(view.path, name)));
  return foreign ? 'case-collision' : { kind: 'absent' };
}
