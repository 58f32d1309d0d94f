import type { StateReset } from '../ports/shared-state.ts';
import type { StateCall } from '../ports/state-call.ts';
import type { StateFile } from './state-file.ts';

const EMPTIED = ['artifacts', 'repos', 'progress', 'manifest', 'declared', 'changes'];

/** @internal A new generation, so that whoever follows the changes reads everything again. */
export async function resetState(file: StateFile, call: StateCall | undefined): Promise<StateReset> {
  const backup = await file.backUp(call);
  const statements = [
    ...EMPTIED.map((table) => ({ sql: `delete from fleet_${table}` })),
    { sql: "update fleet_facts set value = lower(hex(randomblob(16))) where name = 'generation'" },
    { sql: "update fleet_facts set value = '0' where name = 'forgotten'" },
  ];
  await file.write({ statements, read: () => null }, call);
  return { backup };
}
