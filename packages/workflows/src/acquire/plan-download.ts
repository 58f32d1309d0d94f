import type { CivitaiClient } from '@modelkeep/civitai-client';
import { isSha1, type Clock, type Logger } from '@modelkeep/core';
import {
  selectFiles,
  toRepoTree,
  type FileSelection,
  type HubClient,
  type RepoFileEntry,
  type RepoInfo,
  type RepoTree,
  type SelectedFiles,
  type TreeFile,
  type TreeStore,
} from '@modelkeep/hf-client';
import { refuseUnsafeNames, type LibraryStore } from '@modelkeep/library';
import type { HttpClient } from '@modelkeep/network';
import { askAccess } from './ask-access.ts';
import { bareUrl, type AddressBook } from './address-book.ts';
import type { DownloadPlan, Gate, PlannedFile } from './download-plan.ts';
import { readExpected, refuseSeveralFiles, withExpected, type ExpectedFileOptions } from './expected-file.ts';
import { planCivitaiDownload } from './plan-civitai-download.ts';
import { planUrlDownload } from './plan-url-download.ts';
import { plannedFiles, type FileToPlan } from './planned-files.ts';
import { readModelReference } from './read-model-reference.ts';
import { refuseWithoutWeights } from './refuse-without-weights.ts';

/** What {@link planDownload} works with. */
export interface PlanDownloadContext {
  readonly http: HttpClient;
  readonly hub: HubClient;
  readonly civitai: CivitaiClient;
  readonly store: LibraryStore;
  readonly trees: TreeStore;
  readonly addresses: AddressBook;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What is to be downloaded. */
export interface PlanDownloadOptions extends Omit<FileSelection, 'path'> {
  /** Branch, tag or commit; overrides the reference's. @default 'main' */
  readonly revision?: string | undefined;
  /** What the single file has to be, 64 lower-case hex. @default what its source tells, if it does */
  readonly sha256?: string | null | undefined;
  /**
   * Other addresses of the single file, tried in order where one fails. Its SHA-256 must be known: given, or told by the
   * hub. @default none
   */
  readonly mirrors?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Tells what a download would fetch. A pinned commit whose file list is known needs no request. A file on the web is
 * asked for its name and size; what selects files of a repo means nothing for it.
 *
 * @param reference - `hf:org/name[@revision][/path]`, `civitai:<model>[@<version>]`, the address of a repo or file on the
 * hub, of a page or download of Civitai, or of any file on the web.
 * The query of an address may be signed: it is used, and neither stored nor logged
 * @throws `hub.*`, `network.*`, `hub.nothing-selected`, `library.unsafe-name`, `library.nothing-to-import` when the
 * selection holds no weights; `workflows.invalid-reference` for a dataset and a space; `civitai.*`; `transfer.bad-answer` for a
 * web page in place of a file; `transfer.integrity` when the source tells another hash than `sha256`;
 * `core.invalid-argument` for a bad `sha256` or mirror, and for either where there are several files
 */
export async function planDownload(
  context: PlanDownloadContext,
  reference: string,
  options: PlanDownloadOptions = {},
): Promise<DownloadPlan> {
  const expected = readExpected(options);
  const parsed = readModelReference(reference, context.hub.endpoint);
  if (parsed.provider === 'url') return planUrlDownload(context, parsed.url, { ...expected, signal: options.signal });
  if (parsed.provider === 'civitai') {
    const { include, exclude, signal } = options;
    return planCivitaiDownload(context, parsed, { ...expected, include, exclude, signal });
  }
  const revision = options.revision ?? parsed.revision ?? 'main';
  const tree = await treeOf(context, { repo: parsed.repo, revision, signal: options.signal });
  const chosen = selectFiles(tree.files, { ...options, repo: parsed.repo, path: parsed.path });
  return planFilesOf(context, tree, { ...chosen, revision, expected, signal: options.signal });
}

/**
 * @internal Plans these files of a commit, and no others.
 *
 * @throws what {@link planDownload} does
 */
export async function planFilesAt(
  context: PlanDownloadContext,
  { repo, revision, paths, signal }: WantedTree & { readonly paths: ReadonlySet<string> },
): Promise<DownloadPlan> {
  const tree = await treeOf(context, { repo, revision, signal });
  const files = tree.files.filter(({ path }) => paths.has(path));
  const expected = { sha256: null, mirrors: [] };
  return planFilesOf(context, tree, { files, left: [], variants: [], revision, expected, signal });
}

interface ChosenFiles extends Omit<SelectedFiles<TreeFile>, 'bytesTotal'> {
  readonly revision: string;
  readonly expected: ExpectedFileOptions;
  readonly signal: AbortSignal | undefined;
}

async function planFilesOf(
  context: PlanDownloadContext,
  tree: RepoTree,
  { files: selected, left, variants, revision, expected, signal }: ChosenFiles,
): Promise<DownloadPlan> {
  refuseUnsafeNames(selected.map(({ path }) => path));
  refuseWithoutWeights(selected.map(({ path }) => path));

  const { endpoint, repo, commit } = tree;
  const page = `${endpoint}/${repo}`;
  const planned = await plannedFiles(context.store, expectedFiles(selected, { ...expected, url: page }), signal);
  const needed = planned.files.find(({ present }) => !present);
  return {
    source: { provider: 'hf', endpoint, repo, revision, commit },
    mirrors: expected.mirrors.map((mirror) => bareUrl(mirror)),
    queriesId: context.addresses.keep({ url: null, mirrors: expected.mirrors }),
    ...planned,
    left,
    variants,
    ...tree.facts,
    gate: await gateOf(context, tree, needed, signal),
  };
}

/** A hash and mirrors are those of a single file. */
function expectedFiles(
  files: readonly TreeFile[],
  expected: ExpectedFileOptions & { readonly url: string },
): readonly FileToPlan[] {
  if (expected.sha256 !== null) refuseSeveralFiles('sha256', files.length);
  if (expected.mirrors.length > 0) refuseSeveralFiles('mirrors', files.length);
  return expected.sha256 === null && expected.mirrors.length === 0
    ? files
    : files.map((file) => withExpected(file, expected));
}

/** @internal A commit of a repo, or what leads to one. */
export interface WantedTree {
  readonly repo: string;
  readonly revision: string;
  readonly signal: AbortSignal | undefined;
}

async function treeOf(context: PlanDownloadContext, { repo, revision, signal }: WantedTree): Promise<RepoTree> {
  const { hub, trees } = context;
  if (isSha1(revision)) {
    const known = await trees.get({ endpoint: hub.endpoint, repo, commit: revision });
    if (known !== null) return known;
  }
  return treeAt(context, await hub.repoInfo(repo, { revision, signal }), signal);
}

/** @internal The file list of the commit that a repo was found at: as it was seen before, or as the hub tells it. */
export async function treeAt(
  { hub, trees, clock }: Pick<PlanDownloadContext, 'hub' | 'trees' | 'clock'>,
  info: RepoInfo,
  signal?: AbortSignal,
): Promise<RepoTree> {
  const known = await trees.get({ endpoint: hub.endpoint, repo: info.id, commit: info.commit });
  if (known !== null) return known;

  const files: RepoFileEntry[] = [];
  for await (const entry of hub.listTree(info.id, { revision: info.commit, signal })) {
    if (entry.type === 'file') files.push(entry);
  }
  const fetchedAt = new Date(clock.now()).toISOString();
  const tree = toRepoTree({ endpoint: hub.endpoint, info, files, fetchedAt });
  await trees.put(tree);
  return tree;
}

/** @internal Info and file list of a gated repo are public; only asking for a file tells whether the token may have it. */
export async function gateOf(
  context: Pick<PlanDownloadContext, 'hub'>,
  tree: RepoTree,
  probe: PlannedFile | undefined,
  signal?: AbortSignal,
): Promise<Gate | null> {
  if (tree.gated === false) return null;
  const gate = { kind: tree.gated, acceptUrl: `${tree.endpoint}/${tree.repo}` };
  if (probe === undefined) return { ...gate, granted: true, reason: null };
  const { repo, commit: revision } = tree;
  const waiting = await askAccess(context.hub, { repo, revision, path: probe.path, signal });
  return { ...gate, granted: waiting === null, reason: waiting?.reason ?? null };
}
