import { redactUrl } from '@modelkeep/core';
import { invalidReference } from '../urls/invalid-reference.ts';
import type { HubReference } from './hub-reference.ts';
import { decodePart, toHubReference } from './to-hub-reference.ts';

const VIEWS = new Set(['tree', 'blob', 'resolve']);

/** First segments of the public hub's own pages, which look like a person's or an organisation's. */
const NO_OWNERS = new Set([
  'api',
  'blog',
  'chat',
  'collections',
  'docs',
  'join',
  'login',
  'models',
  'organizations',
  'papers',
  'posts',
  'pricing',
  'settings',
  'tasks',
]);

/**
 * Reads the URL of a model's page, folder or file. Query and fragment say nothing about it and are left out.
 *
 * @param endpoint - without a slash at the end
 * @throws `hub.invalid-reference`
 */
export function parseHubUrl(text: string, endpoint: string): HubReference {
  const shown = redactUrl(text);
  const refuse = (reason: string): never => {
    throw invalidReference(shown, reason);
  };
  if (!URL.canParse(text)) return refuse('it is no URL');
  const url = new URL(text);
  const base = new URL(endpoint);
  const prefix = `${base.pathname.replace(/\/+$/, '')}/`;
  if (url.origin !== base.origin || !url.pathname.startsWith(prefix)) {
    return refuse(`it is no URL of the hub at ${endpoint}`);
  }
  const segments = url.pathname.slice(prefix.length).replace(/\/$/, '').split('/');
  const [first = '', second] = segments;
  if (first === 'datasets' || first === 'spaces') return refuse(`it names one of the ${first}, not a model`);
  if (NO_OWNERS.has(first)) return refuse('it is a page of the hub, not of a model');

  const idLength = second === undefined || VIEWS.has(second) ? 1 : 2;
  const repo = segments.slice(0, idLength).join('/');
  const [view, revision, ...path] = segments.slice(idLength);
  if (view === undefined) return toHubReference(shown, { repo, revision: null, path: '' });
  if (!VIEWS.has(view)) return refuse(`it names neither tree, blob nor resolve after the repo, but ${view}`);
  if (revision === undefined) return refuse(`it names no revision after ${view}`);
  if (view !== 'tree' && path.length === 0) return refuse(`it names no file after ${view}`);
  return toHubReference(shown, {
    repo,
    revision: decodePart(shown, revision),
    path: path.map((segment) => decodePart(shown, segment)).join('/'),
  });
}
