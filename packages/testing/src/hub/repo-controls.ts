import { ModelkeepError } from '@modelkeep/core';
import type { LocalHub } from './local-hub.ts';
import { snapshotAt } from './repo/references.ts';
import type { RepoRegistry } from './repo/repo-registry.ts';
import type { RepoDefinition } from './repo-definition.ts';

/** The part of a hub that changes its repos. */
export interface RepoControls {
  /** Adds a repo and hashes its files, unless hashing is lazy. */
  load(definition: RepoDefinition): Promise<void>;
  readonly methods: Pick<
    LocalHub,
    'addRepo' | 'changeRepo' | 'renameRepo' | 'removeRepo' | 'commit' | 'moveBranch' | 'forgetCommit' | 'commitOf'
  >;
}

/** Makes the controls of a registry. */
export function repoControls(registry: RepoRegistry, options: { readonly lazyHashing: boolean }): RepoControls {
  const commitOf: LocalHub['commitOf'] = async (id, { revision = 'main', type = 'model' } = {}) => {
    const snapshot = snapshotAt(await registry.get({ type, id }).history(), revision);
    if (snapshot !== undefined) return snapshot.id;
    throw new ModelkeepError('core.invalid-argument', {
      message: `The repo ${id} has no revision ${revision}`,
      facts: { argument: 'revision', found: revision },
    });
  };
  return {
    async load(definition) {
      const repo = registry.add(definition);
      if (!options.lazyHashing) await repo.history();
    },
    methods: {
      async addRepo(definition) {
        const { id, type } = registry.add(definition);
        return commitOf(id, { type });
      },
      changeRepo(id, { type = 'model', ...settings }) {
        registry.get({ type, id }).change(settings);
      },
      renameRepo: (id, newId, { type = 'model' } = {}) => registry.rename({ type, id }, newId),
      removeRepo: (id, { type = 'model' } = {}) => registry.remove({ type, id }),
      commit: (id, { type = 'model', ...commit }) => registry.get({ type, id }).commit(commit),
      moveBranch: (id, { type = 'model', branch = 'main', commit }) =>
        registry.get({ type, id }).moveBranch(branch, commit),
      forgetCommit: (id, commit, { type = 'model' } = {}) => registry.get({ type, id }).forgetCommit(commit),
      commitOf,
    },
  };
}
