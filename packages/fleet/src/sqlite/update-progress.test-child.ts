import { isModelkeepError } from '@modelkeep/core';
import { createSqlite } from '@modelkeep/sqlite';
import { openSqliteState } from './open-sqlite-state.ts';

/**
 * `add`: adds one to a number that all share, as often as it is told, and as often to one of its own. `endless`: counts up
 * on its own key, and says each number that is committed, until it is killed.
 */
const [work = '', path = '', libraryId = '', name = '', times = '0'] = process.argv.slice(2);
const sqlite = createSqlite({ size: 1 });
const { state } = await openSqliteState({ sqlite, path, libraryId });
if (work === 'add') {
  for (let number = 1; number <= Number(times);) {
    const entry = await state.progress.get('shared');
    try {
      const bytesDone = (entry?.bytesDone ?? 0) + 1;
      await state.progress.update('shared', { bytesDone }, { ifVersion: entry?.version ?? 0 });
    } catch (error) {
      if (!isModelkeepError(error, 'fleet.conflict')) throw error;
      continue;
    }
    await state.progress.update(name, { bytesDone: number });
    number += 1;
  }
} else {
  for (let bytesDone = 1; ; bytesDone += 1) {
    await state.progress.update(name, { bytesDone });
    process.stdout.write(`${bytesDone}\n`);
  }
}
await state.close();
await sqlite.close();
