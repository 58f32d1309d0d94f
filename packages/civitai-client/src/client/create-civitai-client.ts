import { ModelkeepError, systemClock } from '@modelkeep/core';
import { z } from 'zod';
import { askAccess } from '../access/ask-access.ts';
import { downloadUrl, pageUrl } from '../access/civitai-access.ts';
import { described } from '../answers/fields.ts';
import { parseAnswer } from '../answers/parse-answer.ts';
import { civitaiError, type CivitaiQuestion } from '../errors/civitai-error.ts';
import { memoryMisses } from '../misses/miss-store.ts';
import { modelSchema } from '../models/civitai-model.ts';
import { images, search } from '../search/search.ts';
import { freshMisses, versionByHash, versionsBySha256 } from '../versions/by-hash.ts';
import { versionSchema } from '../versions/civitai-version.ts';
import type { CivitaiClient, CivitaiClientOptions } from './civitai-client.ts';
import type { CivitaiContext } from './civitai-context.ts';

/** The public site. */
export const defaultCivitaiEndpoint = 'https://civitai.com';

const WEEK_MS = 604_800_000;

const enumsSchema = z.object({
  ModelType: described.texts,
  ModelFileType: described.texts,
  BaseModel: described.texts,
  ActiveBaseModel: described.texts,
});

/**
 * Makes a client of Civitai.
 *
 * @throws `core.invalid-argument` for an endpoint that is not a plain http or https URL
 * @example
 * ```ts
 * import { createCivitaiClient } from '@modelkeep/civitai-client';
 * import { createHttpClient } from '@modelkeep/network';
 *
 * await using http = createHttpClient();
 * const civitai = createCivitaiClient({ http });
 * const version = await civitai.versionByHash('E3AF3F37C1');
 * if (version !== null) console.log(version.model?.name, version.baseModel, version.trainedWords);
 * ```
 */
export function createCivitaiClient(options: CivitaiClientOptions): CivitaiClient {
  const { http, misses = memoryMisses(), missTtlMs = WEEK_MS, clock = systemClock } = options;
  const endpoint = checkEndpoint(options.endpoint ?? defaultCivitaiEndpoint);
  const context: CivitaiContext = { http, endpoint, misses, missTtlMs, clock };

  async function read<T>(
    path: string,
    {
      schema,
      signal,
      ...question
    }: CivitaiQuestion & { readonly schema: z.ZodType<T>; readonly signal: AbortSignal | undefined },
  ): Promise<T> {
    const answer = await http.json({ url: `${endpoint}/api/v1/${path}`, signal });
    if (answer.status !== 200) throw civitaiError(answer, question);
    return parseAnswer(schema, answer.url, answer.value);
  }

  return {
    endpoint,
    versionByHash: (hash, { signal } = {}) => versionByHash(context, hash, signal),
    versionsBySha256: (hashes, { signal } = {}) => versionsBySha256(context, hashes, signal),
    async unasked(hashes, { signal } = {}) {
      const known = await freshMisses(context, hashes, signal);
      return hashes.filter((hash) => !known.has(hash));
    },
    async version(id, { signal } = {}) {
      return read(`model-versions/${checkId(id)}`, { schema: versionSchema, what: 'version', id, signal });
    },
    async model(id, { signal } = {}) {
      return read(`models/${checkId(id)}`, { schema: modelSchema, what: 'model', id, signal });
    },
    search: (query = {}) => search(context, query),
    images: (query = {}) => images(context, query),
    async enums({ signal } = {}) {
      const told = await read('enums', { schema: enumsSchema, what: 'list', id: null, signal });
      return {
        modelTypes: told.ModelType,
        fileTypes: told.ModelFileType,
        baseModels: told.BaseModel,
        activeBaseModels: told.ActiveBaseModel,
      };
    },
    downloadUrl: (download) => downloadUrl(endpoint, download),
    pageUrl: (download) => pageUrl(endpoint, download),
    access: (download, { signal } = {}) => askAccess(context, download, signal),
  };
}

function checkId(id: number): number {
  if (Number.isSafeInteger(id) && id > 0) return id;
  throw new ModelkeepError('core.invalid-argument', {
    message: `${String(id)} is no number of a model or version`,
    facts: { argument: 'id', found: id },
  });
}

function checkEndpoint(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isPlain =
    url !== null &&
    ['http:', 'https:'].includes(url.protocol) &&
    url.username === '' &&
    url.search === '' &&
    url.hash === '';
  if (!isPlain) {
    throw new ModelkeepError('core.invalid-argument', {
      message: `${JSON.stringify(text)} is no address of a site`,
      facts: { argument: 'endpoint', found: text },
      hint: 'give an address with its scheme, such as https://civitai.com',
    });
  }
  return url.href.replace(/\/+$/u, '');
}
