import { isModelkeepError, type ModelFile } from '@modelkeep/core';
import type { FoundFile } from '@modelkeep/hf-client';
import type { RefreshedModel } from '@modelkeep/library';
import type { AskOptions } from './growing-report.ts';
import type { EnrichContext } from './enrich-types.ts';
import { singleWeights } from './known-hashes.ts';

/** For how long a hub that did not know a file is not asked again. */
const MISS_MS = 604_800_000;

/**
 * @internal Looks for repos that have the files of models, in the file lists that were seen before, and where that is
 * wished at the hub. What the hub told before is not asked again.
 */
export async function askHub(
  context: EnrichContext,
  models: readonly RefreshedModel[],
  options: AskOptions,
): Promise<void> {
  const { hub: reach = 'known', report, signal, offline = false, renew = false } = options;
  for (const model of models) {
    signal?.throwIfAborted();
    const file = firstWeights(model);
    if (file === null || (model.layers.includes('hub') && !renew)) continue;
    const known = await context.lookup.lookupByHash(file.sha256, { offline: true, signal });
    if (await tell(context, { model, match: bestOf(known.matches), report })) continue;
    if (reach !== 'search' || singleWeights(model.record) === null || (await isMiss(context, file, signal))) continue;
    if (offline) {
      report.left(model.record, 'hub', 'offline');
      continue;
    }
    try {
      const { sha256, gitSha1, sizeBytes, officialName: fileName } = file;
      const asked = { gitSha1: gitSha1 ?? undefined, sizeBytes, fileName, signal };
      const found = await context.lookup.lookupByHash(sha256, asked);
      if (await tell(context, { model, match: bestOf(found.matches), report })) continue;
      if (found.hub === 'unreachable') report.left(model.record, 'hub', 'failed');
      else await context.hubMisses.note([sha256], context.clock.now(), signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (isModelkeepError(error) && !error.code.startsWith('network.') && !error.code.startsWith('hub.')) throw error;
      report.failed('hub', model.record.id, error);
      report.left(model.record, 'hub', 'failed');
    }
  }
}

function firstWeights({ record }: RefreshedModel): ModelFile | null {
  return record.files.find(({ role }) => role === 'weights') ?? null;
}

/** Of several repos the first by name: what is known does not depend on which one was seen first. */
function bestOf(matches: readonly FoundFile[]): FoundFile | null {
  const [first = null] = matches
    .filter(({ commit }) => commit !== null)
    .toSorted((a, b) => (a.repo < b.repo ? -1 : a.repo > b.repo ? 1 : 0));
  return first;
}

async function isMiss(
  { hubMisses, clock }: EnrichContext,
  { sha256 }: ModelFile,
  signal?: AbortSignal,
): Promise<boolean> {
  const askedAtMs = (await hubMisses.find([sha256], signal)).get(sha256);
  const now = clock.now();
  return askedAtMs !== undefined && askedAtMs <= now && now - askedAtMs < MISS_MS;
}

interface TellOptions {
  readonly model: RefreshedModel;
  readonly match: FoundFile | null;
  readonly report: AskOptions['report'];
}

/** @returns whether there was anything to tell */
async function tell({ store, trees, clock }: EnrichContext, { model, match, report }: TellOptions): Promise<boolean> {
  if (match === null || match.commit === null) return false;
  const { endpoint, repo, commit, path } = match;
  const tree = await trees.get({ endpoint, repo, commit });
  const { licence = null, tags = [], description = null } = tree?.facts ?? {};
  const record = await store.tell(model.record, {
    layers: {
      hub: {
        facts: { licence, tags: tags.length === 0 ? null : tags, description },
        at: tree?.fetchedAt ?? new Date(clock.now()).toISOString(),
        source: `hf:${repo}`,
      },
    },
    sources: [{ provider: 'hf', endpoint, repo, revision: commit, commit, path }],
  });
  if (record.revision !== model.record.revision) report.gained(record, 'hub');
  return true;
}
