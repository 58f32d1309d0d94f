import type { AddressInUrl } from '../protocol/access.ts';
import { decodePart } from '../protocol/encoding.ts';
import type { RateBucket } from '../protocol/rate-limit.ts';
import type { RepoType } from '../repo-definition.ts';

/** What a request path of the hub names. */
export type Route =
  | { readonly kind: 'list'; readonly type: RepoType }
  | { readonly kind: 'info'; readonly address: AddressInUrl; readonly revision: string | null }
  | { readonly kind: 'refs'; readonly address: AddressInUrl }
  | { readonly kind: 'paths-info'; readonly address: AddressInUrl; readonly revision: string }
  | FileRoute
  | { readonly kind: 'whoami' | 'unknown' };

/** A path within a repo. */
export interface FileRoute {
  readonly kind: 'tree' | 'resolve' | 'resolve-cache';
  readonly address: AddressInUrl;
  readonly revision: string;
  readonly path: string;
}

const UNKNOWN: Route = { kind: 'unknown' };
const TYPES: Readonly<Record<string, RepoType>> = { models: 'model', datasets: 'dataset', spaces: 'space' };
const API_ACTIONS = new Set(['revision', 'tree', 'paths-info', 'refs']);

/** The rate-limit bucket that a request is counted in. */
export function bucketOf(path: string): RateBucket {
  if (path.startsWith('/api/resolve-cache/') || path.includes('/resolve/')) return 'resolvers';
  return path.startsWith('/api/') ? 'api' : 'pages';
}

interface Split {
  readonly address: AddressInUrl;
  /** The raw segments after the id. */
  readonly rest: readonly string[];
}

/** Splits raw segments into an id of one or two segments and the rest; `isAction` knows what follows an id. */
function splitId(
  options: {
    readonly type: RepoType;
    readonly before: string;
    readonly segments: readonly string[];
    readonly query: string;
  },
  isAction: (segment: string) => boolean,
): Split | null {
  const { before, query, segments, type } = options;
  const second = segments[1];
  const length = second === undefined || isAction(second) ? 1 : 2;
  const own = segments.slice(0, length);
  const rest = segments.slice(length);
  if (own.some((segment) => segment === '')) return null;
  const after = rest.map((segment) => `/${segment}`).join('') + query;
  return { address: { type, id: own.map(decodePart).join('/'), before, after }, rest };
}

function pathOf(segments: readonly string[]): string {
  return segments.map(decodePart).join('/');
}

function apiRoute({ address, rest }: Split): Route {
  const [action, rawRevision, ...rawPath] = rest;
  if (action === undefined) return { kind: 'info', address, revision: null };
  if (action === 'refs') return rest.length === 1 ? { kind: 'refs', address } : UNKNOWN;
  if (rawRevision === undefined || rawRevision === '') return UNKNOWN;
  const revision = decodePart(rawRevision);
  if (action === 'tree') return { kind: 'tree', address, revision, path: pathOf(rawPath).replace(/\/$/, '') };
  if (rawPath.length > 0) return UNKNOWN;
  if (action === 'revision') return { kind: 'info', address, revision };
  return action === 'paths-info' ? { kind: 'paths-info', address, revision } : UNKNOWN;
}

function resolveRoute(kind: 'resolve' | 'resolve-cache', split: Split | null): Route {
  if (split === null) return UNKNOWN;
  const [revision, ...path] = kind === 'resolve' ? split.rest.slice(1) : split.rest;
  if (kind === 'resolve' && split.rest[0] !== 'resolve') return UNKNOWN;
  if (revision === undefined || path.length === 0) return UNKNOWN;
  return { kind, address: split.address, revision: decodePart(revision), path: pathOf(path) };
}

/** Reads the raw path of a request. A revision is exactly one segment: its own slashes are percent-encoded. */
export function readRoute(path: string, url: string): Route {
  const query = url.slice(path.length);
  const [first = '', second = '', ...others] = path.split('/').slice(1);
  if (first !== 'api') {
    const type = TYPES[first];
    const prefixed = type !== undefined && type !== 'model';
    const before = prefixed ? `/${first}/` : '/';
    const segments = prefixed ? [second, ...others] : [first, second, ...others];
    return resolveRoute(
      'resolve',
      splitId({ type: prefixed ? type : 'model', before, segments, query }, (segment) => segment === 'resolve'),
    );
  }
  if (second === 'whoami-v2' && others.length === 0) return { kind: 'whoami' };
  if (second === 'resolve-cache') {
    const [kind = '', ...segments] = others;
    const type = TYPES[kind];
    if (type === undefined) return UNKNOWN;
    const before = `/api/resolve-cache/${kind}/`;
    return resolveRoute(
      'resolve-cache',
      splitId({ type, before, segments, query }, (segment) => /^[0-9a-f]{40}$/.test(segment)),
    );
  }
  const type = TYPES[second];
  if (type === undefined) return UNKNOWN;
  if (others.length === 0) return { kind: 'list', type };
  const split = splitId({ type, before: `/api/${second}/`, segments: others, query }, (segment) =>
    API_ACTIONS.has(segment),
  );
  return split === null ? UNKNOWN : apiRoute(split);
}
