import { ModelkeepError } from '@modelkeep/core';

/** The three kinds of repo a hub holds. */
export type RepoType = 'model' | 'dataset' | 'space';

const PREFIXES: Readonly<Record<RepoType, string>> = { model: '', dataset: 'datasets/', space: 'spaces/' };

/**
 * What a page, a file and a resolve URL have before the id: nothing for a model, else `datasets/` or `spaces/`.
 *
 * @throws `core.invalid-argument` for what is no type of repo
 */
export function typePrefix(repoType: RepoType = 'model'): string {
  if (Object.hasOwn(PREFIXES, repoType)) return PREFIXES[repoType];
  throw new ModelkeepError('core.invalid-argument', {
    message: `${JSON.stringify(repoType)} is no type of repo`,
    facts: { argument: 'repoType', found: repoType },
    hint: 'The types are model, dataset and space.',
  });
}

/** What an API path has before the id: `models`, `datasets` or `spaces`. */
export function apiSegment(repoType: RepoType = 'model'): string {
  return typePrefix(repoType) === '' ? 'models' : typePrefix(repoType).slice(0, -1);
}
