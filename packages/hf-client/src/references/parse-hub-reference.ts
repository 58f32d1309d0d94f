import { checkEndpoint, defaultEndpoint } from '../urls/endpoint.ts';
import { invalidReference } from '../urls/invalid-reference.ts';
import type { HubReference } from './hub-reference.ts';
import { parseHubUrl } from './parse-hub-url.ts';
import { decodePart, toHubReference } from './to-hub-reference.ts';

const MAX_CHARS = 8_192;

/** Options of {@link parseHubReference}. */
export interface ParseHubReferenceOptions {
  /** The hub whose URLs count. @default 'https://huggingface.co' */
  readonly endpoint?: string | undefined;
}

/**
 * Reads `hf:org/name[@revision][/path]`, or a URL of a model at the endpoint: `/org/name`, and `/tree/`, `/blob/` or
 * `/resolve/` with a revision and a path below it.
 *
 * In the `hf:` form a `/` within the revision is written `%2F` (`hf:org/name@refs%2Fpr%2F1/config.json`), and the path
 * is taken as it stands. Of a repo with one segment, a path can only be named together with a revision
 * (`hf:gpt2@main/config.json`): without one, `hf:a/b/c` is the path `c` in `a/b`, and `hf:gpt2/config.json` the repo
 * `gpt2/config.json`.
 *
 * @throws `hub.invalid-reference` with what is wrong
 * @example
 * ```ts
 * import { parseHubReference } from '@modelkeep/hf-client';
 *
 * parseHubReference('hf:acme/tiny-flux@v1.0/vae'); // { repo: 'acme/tiny-flux', revision: 'v1.0', path: 'vae' }
 * ```
 */
export function parseHubReference(text: string, options: ParseHubReferenceOptions = {}): HubReference {
  const reference = text.trim();
  if (reference.length > MAX_CHARS) throw invalidReference(text, `it is longer than ${MAX_CHARS} characters`);
  if (reference.startsWith('hf:')) return parseShort(reference);
  if (/^https?:\/\//i.test(reference)) {
    return parseHubUrl(reference, checkEndpoint(options.endpoint ?? defaultEndpoint));
  }
  throw invalidReference(text, 'it starts neither with hf: nor with the URL of the hub');
}

function parseShort(reference: string): HubReference {
  const body = reference.slice('hf:'.length);
  if (body.startsWith('/')) throw invalidReference(reference, 'hf: is followed by the repo, without a slash');
  const segments = body.split('/');
  const isOneSegment = segments.length === 1 || segments[0]?.includes('@') === true;
  const idLength = isOneSegment ? 1 : 2;
  const id = segments.slice(0, idLength).join('/');
  const at = id.indexOf('@');
  return toHubReference(reference, {
    repo: at === -1 ? id : id.slice(0, at),
    revision: at === -1 ? null : decodePart(reference, id.slice(at + 1)),
    path: segments.slice(idLength).join('/'),
  });
}
