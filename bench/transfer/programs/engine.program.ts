/** Downloads files with the engine alone, all at once: verified, durable, under their names. */
import { join } from 'node:path';
import { createIo } from '@modelkeep/io';
import { createHttpClient } from '@modelkeep/network';
import { downloadFile } from '@modelkeep/transfer';
import { tellFigures } from './told-figures.ts';

/** Input of the program. */
export interface EngineInput {
  readonly urls: readonly string[];
  readonly folder: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly blake3?: 'native' | 'wasm';
  readonly maxConnections?: number;
}

const { urls, folder, sha256, sizeBytes, blake3, maxConnections } = JSON.parse(process.argv[2] ?? '') as EngineInput;
await tellFigures(async () => {
  await using io = createIo({ blake3 });
  await using http = createHttpClient({ privateOrigins: 'all' });
  if (blake3 === 'native' && io.blake3Kind() !== 'native') throw new Error('the native BLAKE3 is not there');
  await Promise.all(
    urls.map(async (url, index) => {
      const path = join(folder, `engine-${index}.bin`);
      const { verified } = await downloadFile({ http, io, url, path, maxConnections, expected: { sha256, sizeBytes } });
      if (verified !== 'sha256') throw new Error(`verified by ${verified}`);
    }),
  );
});
