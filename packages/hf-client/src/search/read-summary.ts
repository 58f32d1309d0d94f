import { isSha1 } from '@modelkeep/core';
import type { JsonResult } from '@modelkeep/network';
import { z } from 'zod';
import { described, gateField, repoIdField } from '../answers/fields.ts';
import { parseAnswer } from '../answers/parse-answer.ts';
import { licenceOf } from '../models/card-data.ts';
import { parameterCountOf } from '../models/parameter-count.ts';
import type { RepoSummary } from './repo-summary.ts';
import type { SearchExpansion } from './search-query.ts';

/** A list is not failed by what one repo of thousands says wrong of itself: it is as good as not told. */
const optional = {
  count: z.number().nonnegative().nullable().catch(null).default(null),
  flag: z.boolean().nullable().catch(null).default(null),
  record: z.record(z.string(), z.unknown()).nullable().catch(null).default(null),
} as const;

const summarySchema = z.object({
  id: repoIdField,
  author: described.text,
  sha: z.string().refine(isSha1).nullable().catch(null).default(null),
  private: optional.flag,
  gated: gateField.nullable().catch(null).default(null),
  disabled: optional.flag,
  tags: described.texts,
  pipeline_tag: described.text,
  library_name: described.text,
  downloads: optional.count,
  downloadsAllTime: optional.count,
  likes: optional.count,
  trendingScore: z.number().nullable().catch(null).default(null),
  usedStorage: optional.count,
  createdAt: described.text,
  lastModified: described.text,
  siblings: z
    .array(z.object({ rfilename: z.string().min(1) }))
    .nullable()
    .catch(null)
    .default(null),
  cardData: optional.record,
  config: optional.record,
  safetensors: z.unknown().optional(),
  gguf: z.unknown().optional(),
});

type Told = z.infer<typeof summarySchema>;

/** A page of a list, beside each repo what the Hub wrote. */
const pageSchema = z.array(
  z.looseObject({}).transform((raw, context) => {
    const { data, error } = summarySchema.safeParse(raw);
    if (data !== undefined) return { told: data, raw };
    for (const { message, path } of error.issues) {
      context.issues.push({ code: 'custom', message, path, input: undefined });
    }
    return z.NEVER;
  }),
);

/** Fields of {@link summarySchema} that have a place of their own in the summary. */
const PLACED = new Set<string>(
  Object.keys(summarySchema.shape).filter((name) => name !== 'safetensors' && name !== 'gguf'),
);

/**
 * Reads a page of a list; what `expand` named and has no place of its own is handed on as it is.
 *
 * @throws `network.body` with the reason `schema`
 */
export function readSummaries({ url, value }: JsonResult, expand: readonly SearchExpansion[]): RepoSummary[] {
  const extra = new Set<string>(expand.filter((name) => !PLACED.has(name)));
  return parseAnswer(pageSchema, url, value).map(({ told, raw }) => ({
    ...toSummary(told),
    expanded: Object.fromEntries(Object.entries(raw).filter(([name]) => extra.has(name))),
  }));
}

function toSummary(told: Told): Omit<RepoSummary, 'expanded'> {
  return {
    id: told.id,
    author: told.author,
    commit: told.sha,
    private: told.private,
    gated: told.gated,
    disabled: told.disabled,
    tags: told.tags,
    pipelineTag: told.pipeline_tag,
    libraryName: told.library_name,
    licence: licenceOf(told.cardData, told.tags),
    downloads: told.downloads,
    downloadsAllTime: told.downloadsAllTime,
    likes: told.likes,
    trendingScore: told.trendingScore,
    parameterCount: parameterCountOf(told),
    usedStorageBytes: told.usedStorage,
    createdAt: told.createdAt,
    lastModified: told.lastModified,
    siblings: told.siblings?.map(({ rfilename }) => rfilename) ?? null,
    cardData: told.cardData,
    config: told.config,
  };
}
