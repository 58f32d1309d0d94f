/** What every engine of the ports of this package does: for those who write one. */
export { madeItem, madeItems, madeSha256, syncAll, syncDelta } from './servers/made-items.ts';
export { serversContract } from './servers/servers-contract.ts';
export type { ServersHarness } from './servers/servers-harness.ts';
export { sharedStateContract } from './shared-state/shared-state-contract.ts';
export type { OpenStateOptions, StateHarness } from './shared-state/state-harness.ts';
