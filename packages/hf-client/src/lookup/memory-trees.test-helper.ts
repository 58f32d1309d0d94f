import { comparableName, type RepoTree, type TreeHit, type TreeKey, type TreeStore } from './repo-tree.ts';

/** Trees in memory. */
export interface MemoryTrees extends TreeStore {
  readonly trees: RepoTree[];
}

/** A store that goes through all of its trees. */
export function memoryTrees(trees: RepoTree[] = []): MemoryTrees {
  const isOf =
    (key: TreeKey) =>
    (tree: RepoTree): boolean =>
      tree.endpoint === key.endpoint && tree.repo === key.repo && tree.commit === key.commit;
  const find = (fits: (file: RepoTree['files'][number]) => boolean): TreeHit[] =>
    trees.flatMap(({ endpoint, repo, commit, fetchedAt, files }) =>
      files.filter(fits).map((file) => ({ endpoint, repo, commit, fetchedAt, file })),
    );
  return {
    trees,
    get: async (key) => trees.find(isOf(key)) ?? null,
    async put(tree) {
      if (!trees.some(isOf(tree))) trees.push(tree);
    },
    findByHash: async (hash) => find(({ sha256, gitSha1 }) => sha256 === hash || gitSha1 === hash),
    findByFileName: async (name) => find(({ path }) => comparableName(path) === comparableName(name)),
  };
}
