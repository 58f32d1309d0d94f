import type { FetchContext } from '../fetch-context.ts';
import type { PartWriter } from '../part/part-writer.ts';
import type { CurrentSource } from '../sources/source-list.ts';
import type { Claim, RangeBoard } from './range-board.ts';

/** @internal What a connection works with. */
export interface FetchClaimOptions {
  readonly context: FetchContext;
  readonly writer: PartWriter;
  readonly board: RangeBoard;
  readonly claim: Claim;
  readonly source: CurrentSource;
  /** Whether another connection writes to the part: then nothing of it may be thrown away. */
  readonly hasCompany: () => boolean;
  readonly onBytes: (bytes: number) => void;
  readonly signal: AbortSignal;
}
