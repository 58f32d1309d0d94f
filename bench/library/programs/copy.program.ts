/** Copies one file durably with SHA-256 and BLAKE3 in the same pass. */
import { createIo } from '@modelkeep/io';
import { tellFigures } from '../../transfer/programs/told-figures.ts';

/** Input of the program. */
export interface CopyInput {
  readonly source: string;
  readonly target: string;
  readonly sha256: string;
  readonly blake3: 'native' | 'wasm';
}

const { source, target, sha256, blake3 } = JSON.parse(process.argv[2] ?? '') as CopyInput;
await tellFigures(async () => {
  await using io = createIo({ blake3 });
  if (io.blake3Kind() !== blake3) throw new Error(`the ${blake3} BLAKE3 is not there`);
  const { digests } = await io.copyFile({ source, target, algorithms: ['sha256', 'blake3'] });
  if (digests.sha256 !== sha256) throw new Error(`the copy has the SHA-256 ${digests.sha256}`);
});
