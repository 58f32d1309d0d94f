import { isModelkeepError } from '@modelkeep/core';
import type { ShardIndex } from '@modelkeep/formats';
import { readJson } from '@modelkeep/io';
import { contentPath } from '../blobs/blob-store.ts';
import { withBlobs } from '../blobs/recall-blob.ts';
import type { StoreContext } from '../store-context.ts';
import { folderOf } from './group-files.ts';
import { pipelineComponents, pipelineWeights } from './read-pipeline.ts';
import { parseShardIndex } from './shard-index.ts';

/** @internal A file that is to be sorted into models. */
export interface GroupedFile {
  readonly name: string;
  /** Where its bytes are; null where the store has them. */
  readonly path: string | null;
  readonly sha256: string;
}

/** @internal What the small files of a source say about which files belong together. */
export interface GroupingFacts {
  readonly pipelines: ReadonlyMap<string, readonly string[]>;
  readonly pipelineWeights: ReadonlyMap<string, readonly string[]>;
  readonly shardIndexes: ReadonlyMap<string, ShardIndex>;
}

/** @internal Reads each model_index.json and shard index; one that cannot be read groups nothing. */
export async function readGroupingFacts(context: StoreContext, files: readonly GroupedFile[]): Promise<GroupingFacts> {
  const pipelines = new Map<string, readonly string[]>();
  const weights = new Map<string, readonly string[]>();
  const shardIndexes = new Map<string, ShardIndex>();
  for (const file of files) {
    const { name, sha256 } = file;
    const isPipeline = /(?:^|\/)model_index\.json$/u.test(name);
    if (!isPipeline && !/\.(?:safetensors|bin)\.index\.json$/iu.test(name)) continue;
    try {
      const read = async (): Promise<unknown> =>
        readJson(context.fileSystem, { path: file.path ?? (await contentPath(context, sha256)) });
      const json = await (file.path === null ? withBlobs(context, [sha256], read) : read());
      if (isPipeline) {
        const components = pipelineComponents(json);
        if (components === null) continue;
        pipelines.set(folderOf(name), components);
        weights.set(folderOf(name), pipelineWeights(json));
      } else {
        const index = parseShardIndex(json);
        if (index !== null) shardIndexes.set(name, index);
      }
    } catch (error) {
      if (!isModelkeepError(error, 'io.corrupt-json')) throw error;
      context.logger.warn('a file that describes a set cannot be read', { name, reason: error.facts.reason });
    }
  }
  return { pipelines, pipelineWeights: weights, shardIndexes };
}
