import { z } from 'zod';
import { described, gateField, repoIdField, sha1Field } from '../answers/fields.ts';
import { parseAnswer } from '../answers/parse-answer.ts';
import type { RepoInfoOptions } from '../client/hub-client.ts';
import type { HubContext } from '../client/hub-context.ts';
import { hubError } from '../errors/hub-error.ts';
import { infoUrl } from '../urls/hub-urls.ts';
import { cardTexts, licenceOf } from './card-data.ts';
import { parameterCountOf } from './parameter-count.ts';
import type { RepoInfo } from './repo-info.ts';
import { filesOf, siblingsSchema } from './siblings.ts';

const infoSchema = z.object({
  id: repoIdField,
  sha: sha1Field,
  gated: gateField.default(false),
  private: z.boolean().default(false),
  disabled: z.boolean().default(false),
  tags: described.texts,
  pipeline_tag: described.text,
  library_name: described.text,
  description: described.text,
  downloads: described.count,
  likes: described.count,
  sdk: described.text,
  lastModified: described.text,
  createdAt: described.text,
  cardData: z.unknown().optional(),
  safetensors: z.unknown().optional(),
  gguf: z.unknown().optional(),
  siblings: z.unknown().optional(),
});

/** Reads `GET /api/models/{id}[/revision/{rev}][?blobs=true]`. */
export async function readRepoInfo(
  { http, endpoint }: HubContext,
  repo: string,
  options: RepoInfoOptions,
): Promise<RepoInfo> {
  const { repoType = 'model', revision, files = false, signal } = options;
  const answer = await http.json({ url: infoUrl(endpoint, { repo, repoType, revision, blobs: files }), signal });
  if (answer.status !== 200) throw hubError(answer, { endpoint, repo, repoType, revision });
  const info = parseAnswer(infoSchema, answer.url, answer.value);
  return {
    id: info.id,
    repoType,
    commit: info.sha,
    gated: info.gated,
    private: info.private,
    disabled: info.disabled,
    licence: licenceOf(info.cardData, info.tags),
    tags: info.tags,
    pipelineTag: info.pipeline_tag,
    libraryName: info.library_name,
    baseModels: cardTexts(info.cardData, 'base_model'),
    description: info.description,
    downloads: info.downloads,
    likes: info.likes,
    parameterCount: parameterCountOf(info),
    sdk: info.sdk,
    lastModified: info.lastModified,
    createdAt: info.createdAt,
    ...(answer.cached === 'stale' ? { stale: true as const } : {}),
    files: files ? filesOf(parseAnswer(siblingsSchema, answer.url, info.siblings)) : null,
  };
}
