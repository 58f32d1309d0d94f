import { join } from 'node:path';
import { statusAt } from '../files/status-at.ts';
import type { StoreContext } from '../store-context.ts';
import { isAbandoned } from '../transaction/is-abandoned.ts';
import { isExpired } from '../transaction/recover.ts';
import { LEFTOVER_AFTER_MS } from '../transaction/sweep-leftovers.ts';
import { listTransactions, readTransaction, transactionFolder } from '../transaction/transaction-record.ts';
import { folderItem, type FoundGarbage } from './find-garbage.ts';
import { readFolder } from './trash.ts';

/** @internal What recovery would remove of transactions that nobody finishes. */
export async function findLeftovers(context: StoreContext): Promise<FoundGarbage[]> {
  const { layout, clock, fileSystem } = context;
  const known = new Set(await listTransactions(context));
  const garbage: FoundGarbage[] = [];
  const add = async (path: string, reason: string): Promise<void> => {
    garbage.push({ ...(await folderItem(context, path)), kind: 'leftover', reason });
  };
  for (const { name, kind } of await readFolder(context, layout.temp)) {
    if (kind !== 'folder' || known.has(name)) continue;
    const path = join(layout.temp, name);
    const status = await statusAt(fileSystem, path);
    // The process that made it is done with it by now.
    if (status === null || clock.now() - status.mtimeMs < LEFTOVER_AFTER_MS) continue;
    await add(path, 'no transaction knows of it');
  }
  for (const id of known) {
    const record = await readTransaction(context, id);
    if (record === null || !isExpired(context, record) || !(await isAbandoned(context, record))) continue;
    await add(transactionFolder(context, id), 'a download that nobody went on with for 14 days');
  }
  return garbage;
}
