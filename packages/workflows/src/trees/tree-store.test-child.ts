import { hashOf, openTrees, treeOf } from './trees.test-helper.ts';

/** Puts trees into a folder that others write to, and looks for its own and for theirs. */
const [folder = '', name = '', count = '0'] = process.argv.slice(2);
await using trees = openTrees(folder);
for (let number = 0; number < Number(count); number += 1) {
  const repo = `${name}/${number}`;
  await trees.store.put(treeOf(repo));
  const hits = await trees.store.findByHash(hashOf(`${repo} 1`));
  if (hits[0]?.repo !== repo) throw new Error(`${repo} was put and is not found`);
}
