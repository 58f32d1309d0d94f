import type { StoreContext } from '../store-context.ts';
import { addressOf, contentKeys } from './content-keys.ts';
import { isAbandoned } from './is-abandoned.ts';
import { partBytes } from './part-bytes.ts';
import { partPath } from './part-paths.ts';
import type { WantedFile } from './stored-file.ts';
import { listTransactions, readTransaction } from './transaction-record.ts';

/** @internal Bytes of these files that lie on the drive already, in parts that a new transaction would take over. */
export async function resumableBytes(context: StoreContext, files: readonly WantedFile[]): Promise<number> {
  const keysOf = (file: WantedFile): string[] => contentKeys({ ...file, address: addressOf(file.source) });
  const sizes = new Map(files.flatMap((file) => keysOf(file).map((key) => [key, file.sizeBytes ?? 0] as const)));
  if (sizes.size === 0) return 0;
  let bytes = 0;
  for (const id of await listTransactions(context)) {
    const record = await readTransaction(context, id);
    if (record === null || !(await isAbandoned(context, record))) continue;
    for (const file of record.files) {
      const key = contentKeys(file).find((one) => sizes.has(one));
      const there = key === undefined ? 0 : await partBytes(context, partPath(context, { id, number: file.number }));
      if (key === undefined || there === 0) continue;
      bytes += Math.min(there, sizes.get(key) ?? 0);
      sizes.delete(key);
    }
  }
  return bytes;
}
