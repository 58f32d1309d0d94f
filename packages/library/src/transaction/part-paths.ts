import { join } from 'node:path';
import type { StoreContext } from '../store-context.ts';
import { transactionFolder } from './transaction-record.ts';

interface PartPlace {
  readonly id: string;
  readonly number: number;
}

/** @internal The bytes of a file while they come in. */
export function partPath(context: StoreContext, { id, number }: PartPlace): string {
  return join(transactionFolder(context, id), `${number}.part`);
}

/** @internal What is durable of the part. */
export function journalPath(context: StoreContext, { id, number }: PartPlace): string {
  return join(transactionFolder(context, id), `${number}.journal`);
}
