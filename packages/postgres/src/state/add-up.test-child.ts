/** Adds to one sum, and counts on in an entry of its own: `node add-up.test-child.ts <url> <library> <name> <times>`. */
import { isModelkeepError } from '@modelkeep/core';
import { openPostgresState } from './open-postgres-state.ts';

const [connectionString = '', libraryId = '', name = '', times = '0'] = process.argv.slice(2);
const { state } = await openPostgresState({ connectionString, libraryId, maxConnections: 2 });
for (let number = 1; number <= Number(times); number += 1) {
  await state.progress.update(name, { bytesDone: number });
  for (;;) {
    const entry = await state.progress.get('sum');
    try {
      await state.progress.update(
        'sum',
        { bytesDone: (entry?.bytesDone ?? 0) + 1 },
        { ifVersion: entry?.version ?? 0 },
      );
      break;
    } catch (error) {
      if (!isModelkeepError(error, 'fleet.conflict')) throw error;
    }
  }
}
await state.close();
