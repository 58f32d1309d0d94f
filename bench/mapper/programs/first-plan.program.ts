/**
 * A process that opens a mapper, plans for a library, and plans once more: the first plan has what a later one has not, threads that
 * start and code that has not run yet.
 */
import { madeModels } from '../made-models.ts';
import { openMapper } from '../open-mapper.ts';

const { root, appRoot, count } = JSON.parse(process.argv[2] ?? '') as { root: string; appRoot: string; count: number };
const models = madeModels(root, count);
await using opened = await openMapper(root, models);
const plan = async (): Promise<number> => {
  const started = performance.now();
  const { counts } = await opened.mapper.planLinks({ app: 'comfyui', appRoot, models });
  if (counts.create !== models.length) throw new Error(JSON.stringify(counts));
  return (performance.now() - started) / 1_000;
};
console.log(JSON.stringify({ first: await plan(), later: await plan() }));
