import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createIo, type Io } from '@modelkeep/io';
import { createHttpClient } from '@modelkeep/network';
import { createTransfers } from './create-transfers.ts';
import { startFileServer, type FileServer, type ServedBehaviour, type ServedFile } from './file-server.test-helper.ts';
import type { TransferFile } from './transfer-file.ts';
import type { Transfers, TransfersOptions } from './transfers.ts';

/** A server, a folder and a manager for one test. */
export interface Desk extends AsyncDisposable {
  readonly folder: string;
  readonly io: Io;
  readonly server: FileServer;
  readonly transfers: Transfers;
  /** A file at the server, and what the manager is told of it. */
  file(name: string, sizeBytes: number, behaviour?: ServedBehaviour): TransferFile & { readonly served: ServedFile };
  names(): Promise<string[]>;
}

export async function openDesk(options: Partial<TransfersOptions> = {}): Promise<Desk> {
  const io = createIo({ workers: 'in-thread' });
  const http = createHttpClient({ privateOrigins: 'all' });
  // It refuses wrong options, and nothing is to be tidied up by then.
  const transfers = createTransfers({ http, io, ...options });
  const folder = await mkdtemp(join(tmpdir(), 'modelkeep-transfers-'));
  const server = await startFileServer();
  let count = 0;
  return {
    folder,
    io,
    server,
    transfers,
    file(name, sizeBytes, behaviour) {
      const served = server.file(name, sizeBytes, behaviour);
      count += 1;
      return {
        served,
        file: name,
        url: served.url,
        // One piece: what the server holds back is then what is missing.
        maxConnections: 1,
        part: join(folder, `${count}.part`),
        journal: join(folder, `${count}.journal`),
        expected: { sizeBytes, sha256: served.sha256 },
      };
    },
    names: async () => (await readdir(folder)).sort(),
    async [Symbol.asyncDispose]() {
      server.release();
      await transfers.close();
      await http.close();
      await io.close();
      await server[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

/** Waits until something holds that nobody announces. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const startMs = performance.now();
  while (!(await holds())) {
    if (performance.now() - startMs > 20_000) throw new Error(`it never came true: ${holds.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
