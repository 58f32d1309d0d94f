import type { RepoType } from '../urls/repo-type.ts';
import type { HubReference } from './reference.ts';
import { refuseReference } from './refuse-reference.ts';
import { decodePart, splitRevision, toHubReference } from './to-hub-reference.ts';

/** Owners that the Hub keeps for itself, so that they tell the type of a repo. */
const TYPES: ReadonlyMap<string, RepoType> = new Map([
  ['models', 'model'],
  ['datasets', 'dataset'],
  ['spaces', 'space'],
]);

/**
 * Reads `[datasets/]org/name[@revision][/path]`.
 *
 * @param body - what follows `hf:` or `hf://`
 * @throws `hub.invalid-reference`
 */
export function parseHubShort(reference: string, body: string): HubReference {
  if (body.startsWith('/')) return refuseReference(reference, 'hf: is followed by the repo, without a slash');
  const given = body.split('/');
  const type = TYPES.get(given[0] ?? '');
  const segments = type === undefined ? given : given.slice(1);
  const isOneSegment = segments.length === 1 || segments[0]?.includes('@') === true;
  const id = segments.slice(0, isOneSegment ? 1 : 2).join('/');
  const at = id.indexOf('@');
  const below = segments.slice(isOneSegment ? 1 : 2);
  const repoType = type ?? 'model';
  if (at === -1) return toHubReference(reference, { repoType, repo: id, revision: null, path: below.join('/') });
  const { revision, path } = splitRevision([id.slice(at + 1), ...below]);
  return toHubReference(reference, {
    repoType,
    repo: id.slice(0, at),
    revision: decodePart(reference, revision),
    path: path.join('/'),
  });
}

/**
 * Reads `org/name[@revision]` without `hf:`. Anything longer may as well be a path on this machine.
 *
 * @throws `hub.invalid-reference`
 */
export function parseBare(text: string): HubReference {
  const refuse = (reason: string): never => refuseReference(text, reason);
  if (/^[./~]/.test(text) || text.includes('\\'))
    return refuse('it looks like a path on this machine: import the file');
  if (/^\d+@\d+$/.test(text)) return refuse(`it looks like a version of Civitai: write civitai:${text}`);
  if (text.includes(':')) return refuseTag(text);
  const segments = text.split('@', 1)[0]?.split('/') ?? [];
  const hasType = TYPES.has(segments[0] ?? '');
  if (segments.length > (hasType ? 3 : 2)) return refuse('it is neither a repo nor starts with hf: or https:');
  if (segments.length < 2) return refuse('it names no repo: write hf: before one of one segment');
  return parseHubShort(text, text);
}

/** @throws `hub.invalid-reference` for `name:tag`, which is how Ollama calls its models */
export function refuseTag(text: string): never {
  return refuseReference(
    text,
    /^[\w.-]+(?:\/[\w.-]+){0,3}:[\w.-]+$/.test(text)
      ? 'it looks like a name of Ollama, whose registry is not read'
      : 'it starts with nothing that is known here',
  );
}
