import type { RepoType } from '../urls/repo-type.ts';
import type { HubReference } from './reference.ts';
import { refuseReference } from './refuse-reference.ts';
import { decodePart, splitRevision, toHubReference } from './to-hub-reference.ts';

const TYPES: ReadonlyMap<string, RepoType> = new Map([
  ['models', 'model'],
  ['datasets', 'dataset'],
  ['spaces', 'space'],
]);

/** What stands between a repo and a revision, and whether a path must follow. */
const VIEWS: ReadonlyMap<string, 'file' | 'any'> = new Map([
  ['tree', 'any'],
  ['commits', 'any'],
  ['commit', 'any'],
  ['revision', 'any'],
  ['blob', 'file'],
  ['resolve', 'file'],
  ['raw', 'file'],
  ['blame', 'file'],
]);

/** First segments of the public hub's own pages, which look like a person's or an organisation's. */
const NO_OWNERS = new Set([
  'api',
  'blog',
  'chat',
  'collections',
  'docs',
  'enterprise',
  'join',
  'learn',
  'login',
  'models',
  'new',
  'organizations',
  'papers',
  'posts',
  'pricing',
  'settings',
  'tasks',
]);

/**
 * Reads the URL of a page, a folder or a file of a repo, or of what the API tells about it. Of the query only
 * `show_file_info` says what is meant: the file that a page shows.
 *
 * @param path - what follows the hub's endpoint, without a slash at the start
 * @throws `hub.invalid-reference`
 */
export function parseHubUrl(shown: string, { path, query }: { path: string; query: URLSearchParams }): HubReference {
  const refuse = (reason: string): never => refuseReference(shown, reason);
  const given = path.replace(/\/$/, '').split('/');
  const isApi = given[0] === 'api' && TYPES.has(given[1] ?? '');
  const repoType = TYPES.get(given[isApi ? 1 : 0] ?? '') ?? 'model';
  const isPrefixed = isApi || repoType !== 'model';
  const segments = given.slice(isApi ? 2 : isPrefixed ? 1 : 0);
  const [first = '', second] = segments;
  if (first === '' || (!isPrefixed && NO_OWNERS.has(first))) return refuse('it is a page of the hub, not of a repo');

  const idLength = second === undefined || VIEWS.has(second) ? 1 : 2;
  const repo = segments.slice(0, idLength).join('/');
  if (repo.includes(':')) return refuse('a repo has no tag: a quantisation is chosen among its files');
  const [view, ...after] = segments.slice(idLength);
  const shownFile = query.get('show_file_info') ?? '';
  if (view === undefined) return toHubReference(shown, { repoType, repo, revision: null, path: shownFile });
  const kind = VIEWS.get(view);
  if (kind === undefined) return refuse(`after the repo it names none of ${[...VIEWS.keys()].join(', ')}, but ${view}`);
  if (after.length === 0) return refuse(`it names no revision after ${view}`);
  const { revision, path: below } = splitRevision(after);
  if (kind === 'file' && below.length === 0) return refuse(`it names no file after ${view}`);
  return toHubReference(shown, {
    repoType,
    repo,
    revision: decodePart(shown, revision),
    path: shownFile === '' ? below.map((segment) => decodePart(shown, segment)).join('/') : shownFile,
  });
}
