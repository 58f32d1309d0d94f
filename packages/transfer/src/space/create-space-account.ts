import { dirname, resolve } from 'node:path';
import { isModelkeepError, ModelkeepError } from '@modelkeep/core';
import type { FileSystem, Io } from '@modelkeep/io';
import type { SpaceAccount } from './space-account.ts';

const MARGIN_BYTES = 16 * 1024 * 1024;

/** What {@link createSpaceAccount} works with. */
export interface SpaceAccountOptions {
  readonly io: Pick<Io, 'fileSystem' | 'freeBytes'>;
  /** What stays free on every drive: for journals, databases and what else writes there. @default 16 MiB */
  readonly marginBytes?: number | undefined;
}

interface Promised {
  readonly device: string;
  readonly bytes: number;
  writtenBytes: number;
}

/** An account that has promised nothing. One for all that writes in a process is best. */
export function createSpaceAccount({ io, marginBytes = MARGIN_BYTES }: SpaceAccountOptions): SpaceAccount {
  const promised = new Set<Promised>();
  let last: Promise<unknown> = Promise.resolve();

  const promisedOn = (device: string): number => {
    let bytes = 0;
    for (const one of promised) if (one.device === device) bytes += Math.max(0, one.bytes - one.writtenBytes);
    return bytes;
  };
  const reserve: SpaceAccount['reserve'] = async ({ folder, bytes }) => {
    const device = await deviceOf(io.fileSystem, folder);
    // Counted before the system is asked: what is written meanwhile is then counted twice, and never not at all.
    const others = promisedOn(device);
    const freeBytes = Math.max(0, (await io.freeBytes(folder)) - marginBytes - others);
    if (bytes > freeBytes) throw diskFull({ folder, neededBytes: bytes, freeBytes, others, marginBytes });
    const own: Promised = { device, bytes, writtenBytes: 0 };
    promised.add(own);
    const release = (): void => void promised.delete(own);
    return {
      wrote: (written) => {
        own.writtenBytes = written;
      },
      release,
      [Symbol.dispose]: release,
    };
  };
  return {
    reserve(options) {
      // One after the other: what one is promised the next must see.
      const next = last.then(() => reserve(options));
      last = next.catch(() => {});
      return next;
    },
  };
}

async function deviceOf(fileSystem: FileSystem, path: string): Promise<string> {
  let folder = resolve(path);
  for (;;) {
    try {
      return (await fileSystem.stat(folder)).device;
    } catch (error) {
      const parent = dirname(folder);
      if (!isModelkeepError(error, 'io.not-found') || parent === folder) throw error;
      folder = parent;
    }
  }
}

interface Lack {
  readonly folder: string;
  readonly neededBytes: number;
  readonly freeBytes: number;
  readonly others: number;
  readonly marginBytes: number;
}

function diskFull({ folder, neededBytes, freeBytes, others, marginBytes }: Lack): ModelkeepError {
  const shared = others === 0 ? '' : `; ${others} bytes are kept for other downloads`;
  return new ModelkeepError('io.disk-full', {
    message: `${folder} has ${freeBytes} bytes to give where ${neededBytes} are needed: ${marginBytes} stay free${shared}`,
    facts: { path: folder, neededBytes, freeBytes },
    hint: 'free some space on this drive, choose fewer files, or wait until other downloads have ended',
  });
}
