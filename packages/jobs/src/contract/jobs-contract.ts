import type { ContractCase } from '@modelkeep/core';
import { adding } from './adding.ts';
import { checkpointing } from './checkpointing.ts';
import { controlling } from './controlling.ts';
import type { JobsHarness } from './jobs-harness.ts';
import { leasing } from './leasing.ts';
import { ordering } from './ordering.ts';
import { scheduling } from './scheduling.ts';

/** What every engine of `JobStore` does. Each case gets an empty store. */
export const jobsContract: readonly ContractCase<JobsHarness>[] = [
  ...adding,
  ...leasing,
  ...checkpointing,
  ...ordering,
  ...controlling,
  ...scheduling,
];
