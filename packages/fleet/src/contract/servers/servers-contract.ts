import type { ContractCase } from '@modelkeep/core';
import { finding } from './finding.ts';
import { following } from './following.ts';
import { registering } from './registering.ts';
import type { ServersHarness } from './servers-harness.ts';
import { syncing } from './syncing.ts';

/** What every engine of `Servers` does. Each case gets an empty store. */
export const serversContract: readonly ContractCase<ServersHarness>[] = [
  ...registering,
  ...syncing,
  ...finding,
  ...following,
];
