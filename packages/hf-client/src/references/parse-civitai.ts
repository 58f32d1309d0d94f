import type { CivitaiFileChoice, CivitaiReference } from './reference.ts';
import { refuseReference } from './refuse-reference.ts';

const MAX_WORD_CHARS = 64;

/**
 * Reads an AIR, the name that Civitai gives its models: `urn:air:sdxl:checkpoint:civitai:101055@128078`, of which all
 * before `civitai:` may be missing, and `civitai:101055` or `civitai:@128078`.
 *
 * @see https://github.com/civitai/civitai/wiki/AIR-%E2%80%90-Uniform-Resource-Names-for-AI
 * @throws `hub.invalid-reference`
 */
export function parseAir(text: string): CivitaiReference {
  // The site shows it as `civitai: 101055 @ 128078`.
  const parts = text.replaceAll(' ', '').split(':');
  const source = parts.at(-2)?.toLowerCase();
  if (parts.length < 2 || parts.length > 6 || source !== 'civitai') {
    return refuseReference(text, 'of the names urn:air:… only those of civitai are read');
  }
  const match = /^(\d+)?(?:@(\d+))?(?:\.([\w-]+))?$/.exec(parts.at(-1) ?? '');
  const modelId = idOf(match?.[1]);
  const versionId = idOf(match?.[2]);
  const isGood = (modelId !== null || versionId !== null) && (modelId !== null || match?.[1] === undefined);
  if (!isGood || (versionId === null && match?.[2] !== undefined)) {
    return refuseReference(text, 'civitai: is followed by the number of a model, @ and the number of a version');
  }
  const format = wordOf(match?.[3]);
  return { provider: 'civitai', modelId, versionId, file: format === null ? null : { ...NO_CHOICE, format } };
}

/**
 * Reads the URL of a model's page (`/models/123/slug?modelVersionId=456`), a version's (`/model-versions/456`), a
 * download (`/api/download/models/456?type=Model&format=SafeTensor`) or the API's answer about one of them.
 *
 * @throws `hub.invalid-reference`
 */
export function parseCivitaiUrl(
  shown: string,
  { path, query }: { readonly path: string; readonly query: URLSearchParams },
): CivitaiReference {
  const page = path.replace(/^api\/v1\//, '');
  const version = /^(?:api\/download\/models|model-versions)\/(\d+)(?:\/|$)/.exec(page);
  const model = /^models\/(\d+)(?:\/|$)/.exec(page);
  const reference: CivitaiReference = {
    provider: 'civitai',
    modelId: idOf(model?.[1]),
    versionId: idOf(version?.[1] ?? (model === null ? undefined : (query.get('modelVersionId') ?? undefined))),
    file: path.startsWith('api/download/') ? choiceOf(query) : null,
  };
  if (reference.modelId !== null || reference.versionId !== null) return reference;
  return refuseReference(shown, 'it is no page of a model and no download of Civitai');
}

const NO_CHOICE: CivitaiFileChoice = { fileId: null, type: null, format: null, size: null, precision: null };

/** Everything else of the query is left out: it may carry a token. */
function choiceOf(query: URLSearchParams): CivitaiFileChoice | null {
  const word = (name: string): string | null => wordOf(query.get(name));
  const choice: CivitaiFileChoice = {
    fileId: idOf(query.get('fileId') ?? undefined),
    type: word('type'),
    format: word('format'),
    size: word('size'),
    precision: word('fp'),
  };
  return Object.values(choice).every((value) => value === null) ? null : choice;
}

function wordOf(text: string | null | undefined): string | null {
  return text !== null && text !== undefined && text.length <= MAX_WORD_CHARS && /^[\w .-]+$/.test(text) ? text : null;
}

function idOf(digits: string | undefined): number | null {
  return digits !== undefined && /^[1-9]\d{0,14}$/.test(digits) ? Number(digits) : null;
}
