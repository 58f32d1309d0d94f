import { ModelkeepError } from '@modelkeep/core';
import type { StoreContext } from '../store-context.ts';
import { partBytes } from './part-bytes.ts';

/** @internal Bytes that are to come, and where those of them that are here already lie. */
export interface IncomingFile {
  readonly sizeBytes: number | null;
  readonly part: string;
}

/** @internal Step 1 of the commit protocol: nothing is begun that the drive has no room for. @throws `io.disk-full` */
export async function reserveRoom(context: StoreContext, incoming: readonly IncomingFile[]): Promise<void> {
  let neededBytes = 0;
  for (const { sizeBytes, part } of incoming) {
    neededBytes += Math.max(0, (sizeBytes ?? 0) - (await partBytes(context, part)));
  }
  if (neededBytes === 0) return;
  const { root } = context.layout;
  const freeBytes = await context.io.freeBytes(root);
  if (neededBytes <= freeBytes) return;
  throw new ModelkeepError('io.disk-full', {
    message: `${root} has ${freeBytes} bytes free where ${neededBytes} are needed`,
    facts: { path: root, neededBytes, freeBytes },
    hint: 'free some space on this drive, or choose fewer files',
  });
}
