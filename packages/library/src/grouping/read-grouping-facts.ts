import { isModelkeepError } from '@modelkeep/core';
import { readJson } from '@modelkeep/io';
import type { StoreContext } from '../store-context.ts';
import { folderOf } from './group-files.ts';
import { pipelineComponents } from './read-pipeline.ts';
import { parseShardIndex, type ShardIndex } from './shard-sets.ts';

/** @internal What the small files of a source say about which files belong together. */
export interface GroupingFacts {
  readonly pipelines: ReadonlyMap<string, readonly string[]>;
  readonly shardIndexes: ReadonlyMap<string, ShardIndex>;
}

/** @internal Reads each model_index.json and shard index; one that cannot be read groups nothing. */
export async function readGroupingFacts(
  context: StoreContext,
  files: readonly { readonly name: string; readonly path: string }[],
): Promise<GroupingFacts> {
  const pipelines = new Map<string, readonly string[]>();
  const shardIndexes = new Map<string, ShardIndex>();
  for (const { name, path } of files) {
    const isPipeline = /(?:^|\/)model_index\.json$/u.test(name);
    if (!isPipeline && !/\.(?:safetensors|bin)\.index\.json$/iu.test(name)) continue;
    try {
      const json = await readJson(context.fileSystem, { path });
      if (isPipeline) {
        const components = pipelineComponents(json);
        if (components !== null) pipelines.set(folderOf(name), components);
      } else {
        const index = parseShardIndex(json);
        if (index !== null) shardIndexes.set(name, index);
      }
    } catch (error) {
      if (!isModelkeepError(error, 'io.corrupt-json')) throw error;
      context.logger.warn('a file that describes a set cannot be read', { name, reason: error.facts.reason });
    }
  }
  return { pipelines, shardIndexes };
}
