import { jsonAnswer, redirectAnswer, type Answer } from '../hub/http/answer.ts';
import type { CivitaiModelDefinition, CivitaiVersionDefinition } from './civitai-definition.ts';
import { hashesOfFile, modelAnswer, versionAnswer, type CivitaiAddresses } from './civitai-shapes.ts';

/** A request to the site. */
export interface CivitaiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
  /** The API key, in whatever way it was sent. */
  readonly key: string | null;
  readonly addresses: CivitaiAddresses;
  readonly models: readonly CivitaiModelDefinition[];
  /** Keys of accounts that have bought early access. */
  readonly supporters: readonly string[];
  readonly now: number;
  /** Signs the address of a file. */
  readonly sign: (file: { readonly versionId: number; readonly fileId: number }) => string;
}

const notFound = (what: string): Answer => jsonAnswer(404, { error: `No ${what}` });

/** Answers the API and the downloads of the site. */
export function answerCivitai(request: CivitaiRequest): Answer {
  const { method, path, query, models } = request;
  const list = /^\/api\/v1\/(models|images)$/u.exec(path)?.[1];
  if (list === 'models') return pageOf(request, listed(models, query));
  if (list === 'images') return pageOf(request, imagesOf(request));
  const model = /^\/api\/v1\/models\/(\d+)$/u.exec(path)?.[1];
  if (model !== undefined) {
    const found = models.find(({ id }) => id === Number(model));
    return found === undefined
      ? notFound(`model with id ${model}`)
      : jsonAnswer(200, modelAnswer(found, request.addresses));
  }
  const version = /^\/api\/v1\/model-versions\/(\d+)$/u.exec(path)?.[1];
  if (version !== undefined) return oneVersion(request, ({ id }) => id === Number(version));
  const hash = /^\/api\/v1\/model-versions\/by-hash\/([0-9a-f]+)$/iu.exec(path)?.[1]?.toUpperCase();
  if (hash !== undefined) return oneVersion(request, (each) => filesWith(each, hash));
  if (path === '/api/v1/model-versions/by-hash' && method === 'POST') return manyVersions(request);
  if (path === '/api/v1/enums') return jsonAnswer(200, enums);
  const download = /^\/api\/download\/models\/(\d+)$/u.exec(path)?.[1];
  return download === undefined ? notFound('such page') : downloadAnswer(request, Number(download));
}

const enums = {
  ModelType: ['Checkpoint', 'TextualInversion', 'LORA'],
  ModelFileType: ['Model', 'Pruned Model', 'VAE'],
  ActiveBaseModel: ['SDXL 1.0', 'Flux.1 D'],
  BaseModel: ['SD 1.5', 'SDXL 1.0', 'Flux.1 D'],
  BaseModelType: ['Standard'],
};

function filesWith(version: CivitaiVersionDefinition, hash: string): boolean {
  return version.files.some((file) => Object.values(hashesOfFile(file)).includes(hash));
}

interface FoundVersion {
  readonly model: CivitaiModelDefinition;
  readonly version: CivitaiVersionDefinition;
}

function versionsOf({ models }: CivitaiRequest): FoundVersion[] {
  return models.flatMap((model) => model.versions.map((version) => ({ model, version })));
}

function oneVersion(request: CivitaiRequest, fits: (version: CivitaiVersionDefinition) => boolean): Answer {
  const found = versionsOf(request).find(({ version }) => fits(version));
  if (found === undefined) return jsonAnswer(404, { error: 'Model not found' });
  return jsonAnswer(200, versionAnswer(found.model, found.version, request.addresses));
}

function manyVersions(request: CivitaiRequest): Answer {
  const hashes: unknown = JSON.parse(request.body);
  if (!Array.isArray(hashes) || hashes.length > 100) return jsonAnswer(400, { error: 'at most 100 hashes' });
  const found = versionsOf(request).filter(({ version }) => hashes.some((hash) => filesWith(version, String(hash))));
  return jsonAnswer(
    200,
    found.map(({ model, version }) => versionAnswer(model, version, request.addresses)),
  );
}

function listed(models: readonly CivitaiModelDefinition[], query: URLSearchParams): readonly CivitaiModelDefinition[] {
  const words = (query.get('query') ?? '').toLowerCase();
  const types = query.getAll('types');
  const tag = query.get('tag');
  return models.filter(
    ({ name, type = 'LORA', tags = [] }) =>
      name.toLowerCase().includes(words) &&
      (types.length === 0 || types.includes(type)) &&
      (tag === null || tags.includes(tag)),
  );
}

function imagesOf(request: CivitaiRequest): unknown[] {
  const wanted = request.query.get('modelVersionId');
  return versionsOf(request)
    .filter(({ version }) => wanted === null || version.id === Number(wanted))
    .flatMap(({ model, version }) => versionAnswer(model, version, request.addresses)['images'] as unknown[]);
}

function pageOf({ query, addresses }: CivitaiRequest, items: readonly unknown[]): Answer {
  if (query.has('query') && query.has('page'))
    return jsonAnswer(400, { error: 'Cannot use page param with query search' });
  const limit = Number(query.get('limit') ?? 100);
  const start = Number(query.get('cursor') ?? 0);
  const page = items.slice(start, start + limit);
  const next = start + limit < items.length ? String(start + limit) : undefined;
  const shown = page.map((item) =>
    'versions' in (item as object) ? modelAnswer(item as CivitaiModelDefinition, addresses) : item,
  );
  return jsonAnswer(200, { items: shown, metadata: next === undefined ? {} : { nextCursor: next } });
}

function downloadAnswer(request: CivitaiRequest, id: number): Answer {
  const found = versionsOf(request).find(({ version }) => version.id === id);
  if (found === undefined) return notFound('such version');
  const { model, version } = found;
  const wanted = request.query.get('fileId');
  const file = version.files.find((each) => (wanted === null ? (each.primary ?? true) : each.id === Number(wanted)));
  if (file === undefined) return notFound('such file');
  if (model.mode !== undefined) return jsonAnswer(410, { error: 'Model archived, not available for download' });
  if (version.needsKey === true && request.key === null) {
    return jsonAnswer(401, {
      error: 'Unauthorized',
      message: 'The creator of this asset requires you to be logged in to download it',
    });
  }
  const { earlyAccessEndsAt } = version;
  if (earlyAccessEndsAt !== undefined && Date.parse(earlyAccessEndsAt) > request.now) {
    if (request.key === null || !request.supporters.includes(request.key)) {
      return jsonAnswer(403, { error: 'Early Access', deadline: earlyAccessEndsAt });
    }
  }
  return redirectAnswer(307, request.sign({ versionId: id, fileId: file.id }));
}
