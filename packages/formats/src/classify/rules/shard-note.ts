import type { Refinement } from '../rule.ts';

/**
 * @internal A ControlNet begins with the layers of its model, in shards as well, and has no output layer: without one a file
 * may be the first shard of either.
 */
export const wholeOrShard: readonly Refinement[] = [
  {
    when: [{ nothingBelow: ['proj_out.', 'norm_out.'] }],
    facts: {},
    note: 'it may be a shard of a ControlNet, which has the same first layers',
    confidence: 0.7,
  },
];
