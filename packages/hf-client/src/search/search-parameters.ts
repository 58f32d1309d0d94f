import { ModelkeepError } from '@modelkeep/core';
import type { RepoType } from '../urls/repo-type.ts';
import { formatParameterRange } from './parameter-range.ts';
import type { SearchQuery } from './search-query.ts';

const MAX_PAGE_SIZE = 1_000;

/** Filters that the Hub has for some types of repo only, and ignores for others. */
const ONLY_FOR: Readonly<Partial<Record<keyof SearchQuery, readonly RepoType[]>>> = {
  pipelineTag: ['model'],
  apps: ['model'],
  parameters: ['model'],
  config: ['model'],
  gated: ['model', 'dataset'],
};

/**
 * The query of a list's URL.
 *
 * @throws `core.invalid-argument` for what the Hub would ignore or refuse without saying why
 */
export function searchParameters(query: SearchQuery): URLSearchParams {
  const { repoType = 'model', expand = [], limit } = query;
  for (const [name, types] of Object.entries(ONLY_FOR)) {
    const given = query[name as keyof typeof ONLY_FOR];
    if (given !== undefined && !types.includes(repoType)) {
      throw invalid(name, given, `${name} is for ${types.join('s and ')}s, not for ${repoType}s`);
    }
  }
  const whole = (['full', 'config', 'cardData'] as const).find((name) => query[name] === true);
  if (expand.length > 0 && whole !== undefined) {
    throw invalid('expand', expand, `expand says exactly what is told: ${whole} cannot go with it`);
  }
  const pageSize = checkCount('pageSize', query.pageSize ?? Math.min(limit ?? 100, 100));
  const parameters = new URLSearchParams();
  const add = (name: string, values: string | readonly string[] | undefined): void => {
    for (const value of typeof values === 'string' ? [values] : (values ?? [])) parameters.append(name, value);
  };
  const flag = (value: boolean | undefined): string | undefined => (value === true ? 'true' : undefined);
  add('search', query.search);
  add('author', query.author);
  add('filter', query.filter);
  add('pipeline_tag', query.pipelineTag);
  add('apps', query.apps);
  add('gated', query.gated === undefined ? undefined : String(query.gated));
  add('num_parameters', query.parameters === undefined ? undefined : formatParameterRange(query.parameters));
  add('sort', query.sort);
  add('limit', String(Math.min(pageSize, MAX_PAGE_SIZE)));
  add('full', flag(query.full));
  add('config', flag(query.config));
  add('cardData', flag(query.cardData));
  add('expand', expand);
  return parameters;
}

/** @throws `core.invalid-argument` for what is no whole number above 0 */
export function checkCount(argument: string, count: number): number {
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw invalid(argument, count, `${argument} is a whole number above 0, not ${count}`);
}

function invalid(argument: string, found: unknown, message: string): ModelkeepError<'core.invalid-argument'> {
  return new ModelkeepError('core.invalid-argument', { message, facts: { argument, found } });
}
