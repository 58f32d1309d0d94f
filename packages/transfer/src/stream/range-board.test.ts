import { createByteRanges } from '@modelkeep/io';
import { describe, expect, it } from 'vitest';
import { createRangeBoard, type Claim, type RangeBoard, type RangeBoardState } from './range-board.ts';

const MiB = 1024 * 1024;

function boardOf(state: Partial<RangeBoardState> = {}): RangeBoard {
  const whole = { accepted: createByteRanges(), totalBytes: 1_000 * MiB, hashedBytes: 0, connections: 4, ...state };
  return createRangeBoard(whole);
}

function take(board: RangeBoard, whole = false): Claim {
  const claim = board.take({ whole });
  if (claim === undefined || claim === 'wait') throw new Error(`no claim but ${claim}`);
  return claim;
}

const spanOf = ({ startBytes, endBytes }: Claim): (number | null)[] => [
  startBytes / MiB,
  endBytes === null ? null : endBytes / MiB,
];

describe('what is handed out', () => {
  it('is 16 MiB each, in order, without a gap', () => {
    const board = boardOf();
    expect([take(board), take(board), take(board)].map(spanOf)).toEqual([
      [0, 16],
      [16, 32],
      [32, 48],
    ]);
  });

  it('is everything for one who is alone, and for others what lies ahead of it', () => {
    const accepted = createByteRanges();
    const board = boardOf({ accepted });
    const first = take(board, true);
    expect(first).toMatchObject({ startBytes: 0, endBytes: 1_000 * MiB, isOpen: true });
    first.positionBytes = 3 * MiB;
    accepted.add({ startBytes: 0, endBytes: 2 * MiB });
    const second = take(board);
    expect(spanOf(second)).toEqual([19, 35]);
    expect(board.limitOf(first)).toBe(Number.POSITIVE_INFINITY);
    expect(board.confirm(second)).toBe(true);
    expect(board.limitOf(first)).toBe(19 * MiB);
  });

  it('has an open end where nobody knows the size', () => {
    expect(take(boardOf({ totalBytes: null }), true)).toMatchObject({ endBytes: null, isOpen: true });
  });

  it('leaves out what is there, and ends where that begins', () => {
    const accepted = createByteRanges([
      { startBytes: 0, endBytes: 5 * MiB },
      { startBytes: 8 * MiB, endBytes: 20 * MiB },
    ]);
    const board = boardOf({ accepted });
    expect(take(board, true)).toMatchObject({ startBytes: 5 * MiB, endBytes: 8 * MiB, isOpen: false });
    expect(spanOf(take(board))).toEqual([20, 36]);
  });

  it('becomes less towards the end, so that all end together', () => {
    const accepted = createByteRanges([{ startBytes: 0, endBytes: 984 * MiB }]);
    const board = boardOf({ accepted, hashedBytes: 984 * MiB });
    expect(spanOf(take(board))).toEqual([984, 986]);
    accepted.add({ startBytes: 986 * MiB, endBytes: 1_000 * MiB });
    expect(board.take({ whole: false })).toBeUndefined();
  });

  it('stays close behind the hashed bytes', async () => {
    const board = boardOf({ connections: 1 });
    const claims = [take(board), take(board), take(board)];
    expect(board.take({ whole: false })).toBe('wait');
    const changed = board.changed();
    board.release(claims[1] as Claim);
    await changed;
    expect(spanOf(take(board))).toEqual([16, 32]);
  });
});

describe('a claim', () => {
  it('is not confirmed where somebody else has been meanwhile', () => {
    const accepted = createByteRanges();
    const board = boardOf({ accepted });
    const first = take(board, true);
    const second = take(board);
    first.positionBytes = 17 * MiB;
    expect(board.confirm(second)).toBe(false);
    first.positionBytes = 10 * MiB;
    accepted.add({ startBytes: 16 * MiB, endBytes: 18 * MiB });
    expect(board.confirm(second)).toBe(false);
  });

  it('for a part becomes one for the whole file', () => {
    const board = boardOf({ accepted: createByteRanges([{ startBytes: 0, endBytes: MiB }]) });
    const claim = take(board);
    board.rewind(claim);
    expect(claim).toMatchObject({ startBytes: 0, positionBytes: 0, endBytes: null, isOpen: true });
  });
});
