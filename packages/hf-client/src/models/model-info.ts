import type { HttpClient } from '@modelkeep/network';
import { z } from 'zod';
import { described, gateField, repoIdField, sha1Field } from '../answers/fields.ts';
import { parseAnswer } from '../answers/parse-answer.ts';
import { hubError } from '../errors/hub-error.ts';
import { infoUrl } from '../urls/hub-urls.ts';
import { cardTexts, licenceOf } from './card-data.ts';
import type { RepoInfo } from './repo-info.ts';

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
  lastModified: described.text,
  createdAt: described.text,
  cardData: z.unknown().optional(),
});

/** What {@link readModelInfo} reads. */
export interface ModelInfoRequest {
  readonly http: HttpClient;
  readonly endpoint: string;
  readonly repo: string;
  readonly revision?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Reads `GET /api/models/{id}[/revision/{rev}]`. */
export async function readModelInfo(request: ModelInfoRequest): Promise<RepoInfo> {
  const { http, endpoint, repo, revision, signal } = request;
  const answer = await http.json({ url: infoUrl(endpoint, repo, revision), signal });
  if (answer.status !== 200) throw hubError(answer, { endpoint, repo, revision });
  const info = parseAnswer(infoSchema, answer.url, answer.value);
  return {
    id: info.id,
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
    lastModified: info.lastModified,
    createdAt: info.createdAt,
  };
}
