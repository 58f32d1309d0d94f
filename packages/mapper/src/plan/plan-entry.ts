import { systemCodeOf, type FileSystem } from '@modelkeep/io';
import { lastSegment, nameIn } from '../app/path-parts.ts';
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

/** @internal What all links of a plan are compared with. */
export interface PlanEntryTools {
  readonly fileSystem: FileSystem;
  /** The system that paths are judged for. */
  readonly platform: NodeJS.Platform;
  readonly hands: LinkHands;
  readonly chooser: StrategyChooser;
  /** Set when somebody wants links made in certain ways: then one that was made in another is made again. */
  readonly linking: LinkingOptions | undefined;
  readonly registered: ReadonlyMap<string, RegisteredLink>;
  /** What links in the app say, as far as they were read already. */
  readonly texts: ReadonlyMap<string, string>;
}

/** @internal */
export interface PlanEntryOptions {
  readonly wanted: WantedLink;
  /** The folder that the link itself is in. */
  readonly view: FolderView;
  /** Whether the source was found good already. */
  readonly isSeen: boolean;
}

interface Comparison extends PlanEntryOptions {
  readonly ownName: string;
  readonly target: string;
}

/** What is found at the place of a link, and what follows. */
interface Found {
  readonly action: PlannedAction;
  readonly reason: LinkReason | null;
  readonly strategies?: readonly LinkKind[];
}

const NEW: Found = { action: 'create', reason: null };
const NO_WAYS: readonly LinkKind[] = [];

/** @internal Compares one wanted link with the disk and the registry; answers at once where nothing is left to look at. */
export function planEntry(tools: PlanEntryTools, options: PlanEntryOptions): LinkPlanEntry | Promise<LinkPlanEntry> {
  const { view, wanted, isSeen } = options;
  const ownName = lastSegment(wanted.name);
  const target = `${view.prefix}${ownName}`;
  const one: Comparison = { wanted, view, isSeen, ownName, target };
  if (view.problem !== null) return entryOf(one, { action: 'conflict', reason: view.problem });
  const tooLong = pathTooLong(target, tools.platform);
  if (tooLong !== null) return entryOf(one, { action: 'skipped', reason: tooLong });
  const isGood = isSeen || (wanted.file.origin ?? 'library') !== 'library';
  const strategies = isGood && !isThere(one) ? tools.chooser.atOnce(wanted.file) : null;
  return strategies === null ? compared(tools, one) : entryOf(one, { action: 'create', reason: null, strategies });
}

function isThere({ view, ownName }: Comparison): boolean {
  return view.entries.size > 0 && view.entries.has(foldName(ownName));
}

async function compared(tools: PlanEntryTools, one: Comparison): Promise<LinkPlanEntry> {
  const { wanted, view, isSeen, target } = one;
  const { model, file } = wanted;
  const found = isThere(one) ? await compareWithDisk(tools, one) : NEW;
  if (found.action !== 'create' && found.action !== 'replace') return entryOf(one, found);
  if ((file.origin ?? 'library') === 'library' && !isSeen) {
    const { source, leadsTo } = file;
    const problem = await verifySource(tools.fileSystem, { folder: model.folder, source, leadsTo });
    if (problem !== null) return entryOf(one, { action: 'skipped', reason: problem });
  }
  const strategies = found.strategies ?? (await tools.chooser.choose(file, view));
  if (strategies.length > 0) return entryOf(one, { ...found, strategies });
  const message = `nothing can be linked to ${target}: ${refusals(tools.chooser, view)}`;
  return entryOf(one, { action: 'skipped', reason: { code: 'no-link-possible', message } });
}

function entryOf(
  { wanted: { model, folder, file, name }, target }: Comparison,
  { action, reason, strategies = NO_WAYS }: Found,
): LinkPlanEntry {
  return {
    action,
    modelId: model.record.id,
    slug: model.record.slug,
    fileSha256: file.fileSha256,
    source: file.source,
    folder,
    name,
    target,
    strategies,
    bytesToWrite: bytesOf(strategies, { action, sizeBytes: file.sizeBytes ?? 0 }),
    reason,
  };
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

async function compareWithDisk(tools: PlanEntryTools, one: Comparison): Promise<Found> {
  const { target } = one;
  const { file } = one.wanted;
  const row = tools.registered.get(target);
  const alike = asMadeByOthers(file);
  const state = await stateInView(tools, { ...one, alike });
  if (state === 'case-collision') {
    const message = `a file whose name differs from ${target} only in case is in the way on drives that do not tell them apart`;
    return { action: 'conflict', reason: { code: 'case-collision', message } };
  }
  if (state.kind === 'absent') return { action: 'create', reason: null };
  if (state.kind === 'link' && state.is !== null) {
    if (row !== undefined && state.is !== alike) return asRecorded(tools, { ...one, row, is: state.is });
    return { action: 'keep', reason: linkedByOthers(target) };
  }
  const isSameContent = file.isNamedByContent === true && state.kind === 'other' && state.sizeBytes === file.sizeBytes;
  if (isSameContent) return { action: 'keep', reason: linkedByOthers(target) };
  return { action: 'conflict', reason: foreignReason(target, state) };
}

/** One of ours: kept while it leads to what is wanted, in a way that may still be used. */
async function asRecorded(
  { chooser, linking, fileSystem }: PlanEntryTools,
  { wanted, view, row, is }: Comparison & { readonly row: RegisteredLink; readonly is: KnownLink },
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
  { hands, registered, texts }: PlanEntryTools,
  { view, ownName, target, alike }: Comparison & { readonly alike: KnownLink },
): Promise<LinkState | 'case-collision'> {
  const named = view.entries.get(foldName(ownName)) ?? [];
  if (named.some(({ name }) => name === ownName)) {
    const row = registered.get(target);
    return hands.read(target, [...(row === undefined ? [] : knownLinks(row)), alike], texts.get(target));
  }
  const foreign = named.some(({ name }) => !registered.has(nameIn(view.path, name)));
  return foreign ? 'case-collision' : { kind: 'absent' };
}
