import { refuse } from '../protocol/refusal.ts';
import type { HostedRepo } from '../repo/hosted-repo.ts';
import { tagsOf } from './repo-facts.ts';

const UNITS: Readonly<Record<string, number>> = { '': 1, K: 1e3, M: 1e6, B: 1e9, T: 1e12 };

function readCount(text: string): number {
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?)([KMBT]?)$/i.exec(text) ?? [];
  if (digits === '') return refuse(400, { message: 'Invalid num_parameters: expected min:6B,max:128B' });
  return Number(digits) * (UNITS[unit.toUpperCase()] ?? 1);
}

function fitsParameters(repo: HostedRepo, wanted: string): boolean {
  const { parameterCount } = repo.settings();
  return wanted.split(',').every((part) => {
    const [bound, text = ''] = part.split(':');
    const count = readCount(text);
    if (parameterCount === undefined) return false;
    return bound === 'min' ? parameterCount >= count : parameterCount <= count;
  });
}

/** Whether a repo fits the filters of a list: all of them must hold. */
export function fitsQuery(repo: HostedRepo, query: URLSearchParams): boolean {
  const { apps = [], gated = false, pipelineTag } = repo.settings();
  const tags = new Set(tagsOf(repo));
  const id = repo.id.toLowerCase();
  const words = (query.get('search') ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const author = query.get('author');
  const task = query.get('pipeline_tag');
  const wantedGate = query.get('gated');
  const parameters = query.get('num_parameters');
  const filters = query
    .getAll('filter')
    .flatMap((value) => value.split(','))
    .filter(Boolean);
  return (
    words.every((word) => id.includes(word)) &&
    (author === null || repo.id.startsWith(`${author}/`)) &&
    filters.every((tag) => tags.has(tag)) &&
    query.getAll('apps').every((app) => apps.includes(app)) &&
    (task === null || task === pipelineTag) &&
    (wantedGate === null || (gated !== false) === (wantedGate === 'true')) &&
    (parameters === null || fitsParameters(repo, parameters))
  );
}
