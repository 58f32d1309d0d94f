import { isModelkeepError, isSha1, type Clock, type Logger } from '@modelkeep/core';
import { parseHubReference, type HubClient } from '@modelkeep/hf-client';
import { refuseUnsafeNames, type LibraryStore } from '@modelkeep/library';
import type { StoredTree, TreeFile, TreeStore } from '../trees/tree-store.ts';
import type { DownloadPlan, Gate, PlannedFile } from './download-plan.ts';
import { refuseWithoutWeights } from './refuse-without-weights.ts';
import { selectFiles, type FileSelection } from './select-files.ts';

/** What {@link planDownload} works with. */
export interface PlanDownloadContext {
  readonly hub: HubClient;
  readonly store: LibraryStore;
  readonly trees: TreeStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What is to be downloaded. */
export interface PlanDownloadOptions extends Omit<FileSelection, 'path'> {
  /** Branch, tag or commit; overrides the reference's. @default 'main' */
  readonly revision?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Tells what a download would fetch. A pinned commit whose file list is known needs no request.
 *
 * @param reference - `hf:org/name[@revision][/path]`, or the address of a repo or file on the hub
 * @throws `hub.*`, `network.*`, `workflows.nothing-selected`, `library.unsafe-name`, `library.nothing-to-import` when the
 * selection holds no weights
 */
export async function planDownload(
  context: PlanDownloadContext,
  reference: string,
  options: PlanDownloadOptions = {},
): Promise<DownloadPlan> {
  const parsed = parseHubReference(reference, { endpoint: context.hub.endpoint });
  const revision = options.revision ?? parsed.revision ?? 'main';
  const tree = await treeOf(context, { repo: parsed.repo, revision, signal: options.signal });
  const selected = selectFiles(parsed.repo, tree.files, { ...options, path: parsed.path });
  refuseUnsafeNames(selected.map(({ path }) => path));
  refuseWithoutWeights(selected.map(({ path }) => path));

  const files: PlannedFile[] = [];
  for (const file of selected) {
    files.push({ ...file, present: (await context.store.findContent(file)) !== null });
  }
  const bytes = (which: readonly TreeFile[]): number => which.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const needed = files.filter(({ present }) => !present);
  return {
    endpoint: tree.endpoint,
    repo: tree.repo,
    revision,
    commit: tree.commit,
    files,
    bytesTotal: bytes(files),
    bytesPresent: bytes(files) - bytes(needed),
    bytesNeeded: bytes(needed),
    ...tree.facts,
    gate: await gateOf(context, tree, needed[0], options.signal),
  };
}

interface WantedTree {
  readonly repo: string;
  readonly revision: string;
  readonly signal: AbortSignal | undefined;
}

async function treeOf(context: PlanDownloadContext, { repo, revision, signal }: WantedTree): Promise<StoredTree> {
  const { hub, trees } = context;
  if (isSha1(revision)) {
    const known = await trees.get({ endpoint: hub.endpoint, repo, commit: revision });
    if (known !== null) return known;
  }
  const info = await hub.modelInfo(repo, { revision, signal });
  const known = await trees.get({ endpoint: hub.endpoint, repo: info.id, commit: info.commit });
  if (known !== null) return known;

  const files: TreeFile[] = [];
  for await (const entry of hub.listTree(info.id, { revision: info.commit, signal })) {
    if (entry.type === 'file') {
      files.push({ path: entry.path, sizeBytes: entry.sizeBytes, sha256: entry.sha256, gitSha1: entry.gitSha1 });
    }
  }
  const tree: StoredTree = {
    endpoint: hub.endpoint,
    repo: info.id,
    commit: info.commit,
    files,
    facts: { licence: info.licence, tags: wordsOf(info.tags), description: null },
    gated: info.gated,
    fetchedAt: new Date(context.clock.now()).toISOString(),
  };
  await remember(context, tree);
  return tree;
}

/** A library that is open for reading only plans all the same. */
async function remember(context: PlanDownloadContext, tree: StoredTree): Promise<void> {
  if (context.store.mode === 'write') await context.trees.put(tree);
}

/** More of them, or longer ones, are no words that people search by. */
const MAX_TAGS = 500;
const MAX_TAG_CHARACTERS = 200;

/** The hub mixes its own bookkeeping (`license:mit`, `region:us`) into the tags of people. */
function wordsOf(tags: readonly string[]): string[] {
  return tags.filter((tag) => !tag.includes(':') && tag.length <= MAX_TAG_CHARACTERS).slice(0, MAX_TAGS);
}

/** Info and file list of a gated repo are public; only asking for a file tells whether the token may have it. */
async function gateOf(
  context: PlanDownloadContext,
  tree: StoredTree,
  probe: TreeFile | undefined,
  signal?: AbortSignal,
): Promise<Gate | null> {
  if (tree.gated === false) return null;
  const gate = { kind: tree.gated, acceptUrl: `${tree.endpoint}/${tree.repo}` };
  if (probe === undefined) return { ...gate, granted: true, reason: null };
  try {
    await context.hub.resolveFile(tree.repo, probe.path, { revision: tree.commit, signal });
    return { ...gate, granted: true, reason: null };
  } catch (error) {
    if (isModelkeepError(error, 'hub.gated')) {
      return { ...gate, granted: false, reason: error.facts.authenticated ? 'gate' : 'token' };
    }
    if (isModelkeepError(error, 'hub.unauthorised')) return { ...gate, granted: false, reason: 'token' };
    throw error;
  }
}
