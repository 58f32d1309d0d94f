import { basename, dirname, join } from 'node:path';
import type { FileSystem } from '@modelkeep/io';
import { foldName } from '../app/safe-names.ts';
import { foreignReason, linkedByOthers } from '../links/foreign-reason.ts';
import type { LinkState, LinkStrategy } from '../links/link-strategy.ts';
import type { RegisteredLink } from '../registry/link-row.ts';
import type { FolderView } from './folder-views.ts';
import type { LinkPlanEntry, PlannedAction } from './link-plan.ts';
import type { LinkReason } from './link-reason.ts';
import type { PlacedFile, Placement } from './placement.ts';
import { verifySource } from './verify-source.ts';

/** @internal */
export interface PlanEntryOptions {
  readonly fileSystem: FileSystem;
  readonly strategy: LinkStrategy;
  readonly placement: Placement;
  readonly file: PlacedFile;
  /** Below the placement's folder. */
  readonly name: string;
  /** The folder that the link itself is in. */
  readonly view: FolderView;
  readonly registered: ReadonlyMap<string, RegisteredLink>;
}

/** @internal Compares one wanted link with the disk and the registry. */
export async function planEntry(options: PlanEntryOptions): Promise<LinkPlanEntry> {
  const { fileSystem, placement, file, name, view } = options;
  const { record, folder: modelFolder } = placement.model;
  const target = join(view.path, basename(name));
  const entry = (action: PlannedAction, reason: LinkReason | null): LinkPlanEntry => ({
    action,
    modelId: record.id,
    slug: record.slug,
    fileSha256: file.fileSha256,
    source: file.source,
    folder: placement.folder,
    name,
    target,
    reason,
  });
  if (view.problem !== null) return entry('conflict', view.problem);
  const { action, reason } = await compareWithDisk(options, target);
  if (action !== 'create' && action !== 'replace') return entry(action, reason);
  const problem = await verifySource(fileSystem, { folder: modelFolder, source: file.source, leadsTo: file.leadsTo });
  return problem === null ? entry(action, reason) : entry('skipped', problem);
}

async function compareWithDisk(
  { strategy, file, view, registered }: PlanEntryOptions,
  target: string,
): Promise<{ action: PlannedAction; reason: LinkReason | null }> {
  const row = registered.get(target);
  const state = await stateInView({ strategy, view, registered, target });
  if (state === 'case-collision') {
    const message = `a file whose name differs from ${target} only in case is in the way on drives that do not tell them apart`;
    return { action: 'conflict', reason: { code: 'case-collision', message } };
  }
  if (state.kind === 'absent') return { action: 'create', reason: null };
  if (
    state.kind === 'link' &&
    row !== undefined &&
    (state.source === row.source || state.source === row.previousSource)
  ) {
    return { action: state.source === file.source ? 'keep' : 'replace', reason: null };
  }
  if (state.kind === 'link' && state.source === file.source) return { action: 'keep', reason: linkedByOthers(target) };
  return { action: 'conflict', reason: foreignReason(target, state) };
}

interface StateInView {
  readonly strategy: LinkStrategy;
  readonly view: FolderView;
  readonly registered: ReadonlyMap<string, RegisteredLink>;
  readonly target: string;
}

/** The folder was listed once: only what is there is read. Our own links with another case are about to go. */
async function stateInView({ strategy, view, registered, target }: StateInView): Promise<LinkState | 'case-collision'> {
  const alike = view.entries.get(foldName(basename(target))) ?? [];
  if (alike.some(({ name }) => name === basename(target))) return strategy.read(target);
  const foreign = alike.some(({ name }) => !registered.has(join(dirname(target), name)));
  return foreign ? 'case-collision' : { kind: 'absent' };
}
