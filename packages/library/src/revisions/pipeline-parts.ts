import { isModelkeepError, type ModelFile, type ModelRecord } from '@modelkeep/core';
import { pin } from '../blobs/pins.ts';
import { recallBlob } from '../blobs/recall-blob.ts';
import { folderOf, isComponentFile } from '../grouping/group-files.ts';
import { readGroupingFacts, type GroupedFile, type GroupingFacts } from '../grouping/read-grouping-facts.ts';
import type { StoreContext } from '../store-context.ts';
import type { StoredFile } from '../transaction/stored-file.ts';
import { modelsOfRepo } from './models-of-source.ts';

/** @internal What the library has already of the pipelines that files are parts of. */
export interface PipelineParts {
  readonly facts: GroupingFacts;
  /** Files of components that came before, each pinned for the transaction. */
  readonly files: readonly StoredFile[];
}

/**
 * @internal Looks for what came in earlier downloads of the same commit: the description of a pipeline that files are parts
 * of, and the components of a pipeline whose description is among the files.
 */
export async function pipelineParts(
  context: StoreContext,
  files: readonly StoredFile[],
  { facts, transactionId }: { readonly facts: GroupingFacts; readonly transactionId: string },
): Promise<PipelineParts> {
  const source = files.find((file) => file.source.provider === 'hf')?.source;
  const mayBeParts = facts.pipelines.size > 0 || files.some(({ name }) => name.includes('/'));
  if (source?.commit === null || source === undefined || !mayBeParts) return { facts, files: [] };
  const { commit } = source;
  const isSameCommit = ({ source: one }: ModelFile): boolean => one?.provider === 'hf' && one.commit === commit;
  const models = (await modelsOfRepo(context.index, source)).filter(
    (model) => model.place.kind === 'library' && model.evictedAt === undefined && model.files.some(isSameCommit),
  );
  return {
    facts: await withKnown(context, facts, descriptionsOf(models, files, isSameCommit)),
    files: await componentsOf(context, { models, files, facts, isSameCommit, transactionId }),
  };
}

/** The descriptions of pipelines that are here, of which some of the files are parts. */
function descriptionsOf(
  models: readonly ModelRecord[],
  files: readonly StoredFile[],
  isSameCommit: (file: ModelFile) => boolean,
): readonly GroupedFile[] {
  const has = new Set(files.map(({ name }) => name));
  return models.flatMap((model) =>
    model.files
      .filter((file) => isSameCommit(file) && /(?:^|\/)model_index\.json$/u.test(file.officialName))
      .filter(({ officialName }) => !has.has(officialName))
      .map(({ officialName: name, sha256 }) => ({ name, path: null, sha256 })),
  );
}

async function withKnown(
  context: StoreContext,
  facts: GroupingFacts,
  descriptions: readonly GroupedFile[],
): Promise<GroupingFacts> {
  if (descriptions.length === 0) return facts;
  try {
    const known = await readGroupingFacts(context, descriptions);
    return {
      ...facts,
      pipelines: new Map([...known.pipelines, ...facts.pipelines]),
      pipelineWeights: new Map([...known.pipelineWeights, ...facts.pipelineWeights]),
    };
  } catch (error) {
    // Its model was deleted, or evicted, at this moment.
    if (isModelkeepError(error, 'io.not-found')) return facts;
    throw error;
  }
}

interface Components {
  readonly models: readonly ModelRecord[];
  readonly files: readonly StoredFile[];
  readonly facts: GroupingFacts;
  readonly isSameCommit: (file: ModelFile) => boolean;
  readonly transactionId: string;
}

/** Components that the files lack and that one model has, and no other one: of two precisions nobody knows which is meant. */
async function componentsOf(
  context: StoreContext,
  { models, files, facts, isSameCommit, transactionId }: Components,
): Promise<readonly StoredFile[]> {
  const has = new Set(files.map(({ name }) => name));
  const parts: StoredFile[] = [];
  for (const [folder, components] of facts.pipelines) {
    for (const component of components) {
      const isPart = (name: string): boolean => isComponentFile(name, folder, [component]) && folderOf(name) !== folder;
      if ([...has].some((name) => isPart(name) && !name.endsWith('.json'))) continue;
      const owners = models.filter((model) =>
        model.files.some((file) => file.role === 'weights' && isSameCommit(file) && isPart(file.officialName)),
      );
      const [owner] = owners;
      if (owner === undefined || owners.length > 1) continue;
      for (const file of owner.files) {
        if (!isSameCommit(file) || !isPart(file.officialName) || has.has(file.officialName)) continue;
        const part = await storedPart(context, file, transactionId);
        if (part !== null) parts.push(part);
      }
    }
  }
  return parts;
}

async function storedPart(context: StoreContext, file: ModelFile, transactionId: string): Promise<StoredFile | null> {
  const { officialName: name, sizeBytes, sha256, blake3, gitSha1, hashes, source } = file;
  await pin(context, sha256, transactionId);
  if (source === null || (await recallBlob(context, sha256)) === null) return null;
  return { name, sizeBytes, sha256, gitSha1, source, content: { sizeBytes, sha256, blake3, gitSha1, hashes } };
}
