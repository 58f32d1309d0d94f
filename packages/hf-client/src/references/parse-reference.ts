import { checkEndpoint, defaultEndpoint } from '../urls/endpoint.ts';
import { parseAir, parseCivitaiUrl } from './parse-civitai.ts';
import { parseBare, parseHubShort, refuseTag } from './parse-hub-short.ts';
import { parseHubUrl } from './parse-hub-url.ts';
import type { Reference } from './reference.ts';
import { refuseReference } from './refuse-reference.ts';

const MAX_CHARS = 8_192;
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL = /[\0-\x1f\x7f]/;
/** Hosts of the public hub and of Civitai; the three of Civitai show the same models to different visitors. */
const HUB_HOSTS = new Set(['huggingface.co', 'www.huggingface.co', 'hf.co']);
const CIVITAI_HOSTS = new Set(['civitai.com', 'civitai.green', 'civitai.red'].flatMap((host) => [host, `www.${host}`]));

/** Options of {@link parseReference}. */
export interface ParseReferenceOptions {
  /** The hub that is used, whose URLs count like those of the public one. @default 'https://huggingface.co' */
  readonly endpoint?: string | undefined;
  /** A Civitai whose URLs count like those of the public one. @default none */
  readonly civitaiEndpoint?: string | undefined;
}

/**
 * Reads what people paste.
 *
 * - `hf:org/name`, `hf:org/name@revision/path`, `hf:datasets/org/name`, `hf:spaces/org/name`; `hf://…` likewise; plain
 *   `org/name` and `org/name@revision`.
 * - URLs of repos, folders and files of the public hub (`huggingface.co`, `hf.co`) and of `endpoint`. They name a repo of
 *   the hub that is used, which may be a mirror.
 * - `civitai:<model id>@<version id>`, AIRs (`urn:air:…:civitai:…`), URLs of models, versions and downloads of Civitai.
 * - Any other https or http URL.
 *
 * In the `hf:` forms a `/` within the revision is written `%2F` (`refs/pr/1` may stay), and the path is taken as it
 * stands. Of a repo with one segment, a path can only be named together with a revision (`hf:gpt2@main/config.json`):
 * without one, `hf:a/b/c` is the path `c` in `a/b`. Reading takes time in proportion to the text's length, which is at
 * most 8,192 characters.
 *
 * @throws `hub.invalid-reference` with what is wrong; `core.invalid-argument` for a bad endpoint
 * @example
 * ```ts
 * import { parseReference } from '@modelkeep/hf-client';
 *
 * const reference = parseReference('https://huggingface.co/acme/tiny-flux/blob/main/vae/config.json');
 * if (reference.provider === 'hf') console.log(reference.repo, reference.revision, reference.path);
 * ```
 */
export function parseReference(text: string, options: ParseReferenceOptions = {}): Reference {
  const given = text.trim();
  if (given === '') return refuseReference(text, 'it is empty');
  if (given.length > MAX_CHARS) return refuseReference(text, `it is longer than ${MAX_CHARS} characters`);
  if (CONTROL.test(given)) return refuseReference(text, 'it holds a control character');
  const scheme = /^[a-z][a-z0-9+.-]*(?=:)/i.exec(given)?.[0].toLowerCase();
  if (scheme === 'hf') return parseHubShort(given, given.slice('hf:'.length).replace(/^\/\//, ''));
  if (scheme === 'https' || scheme === 'http') return parseUrl(given, options);
  if (scheme === 'civitai' || scheme === 'urn' || scheme === 'air') return parseAir(given);
  if (scheme !== undefined) return given.toLowerCase().includes(':civitai:') ? parseAir(given) : refuseTag(given);
  const host = given.slice(0, given.indexOf('/')).toLowerCase();
  if (HUB_HOSTS.has(host) || CIVITAI_HOSTS.has(host)) return parseUrl(`https://${given}`, options);
  return parseBare(given);
}

function parseUrl(given: string, { endpoint, civitaiEndpoint }: ParseReferenceOptions): Reference {
  if (!URL.canParse(given)) return refuseReference(given.replace(/\/\/[^/]*@/, '//'), 'it is no URL');
  const url = new URL(given);
  if (url.username !== '' || url.password !== '') {
    return refuseReference(url.href, 'it carries a user or password: those belong to the settings, not to a URL');
  }
  const query = url.searchParams;
  const hub = pathBelow(url, HUB_HOSTS, checkEndpoint(endpoint ?? defaultEndpoint));
  if (hub !== null) return parseHubUrl(url.href, { path: hub, query });
  const civitai = pathBelow(url, CIVITAI_HOSTS, civitaiEndpoint === undefined ? null : checkEndpoint(civitaiEndpoint));
  if (civitai !== null) return parseCivitaiUrl(url.href, { path: civitai, query });
  url.hash = '';
  return { provider: 'url', url: url.href };
}

/** The path below a site's root, without a slash at the start; null for a URL of another site. */
function pathBelow(url: URL, hosts: ReadonlySet<string>, endpoint: string | null): string | null {
  const own = endpoint === null ? null : new URL(endpoint);
  const base = own === null ? '/' : `${own.pathname.replace(/\/+$/, '')}/`;
  if (own?.origin === url.origin && url.pathname.startsWith(base)) return url.pathname.slice(base.length);
  return hosts.has(url.host) ? url.pathname.slice(1) : null;
}
