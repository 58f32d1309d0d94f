import { interceptFileSystem, type SeededRandom } from '@modelkeep/testing';
import type { FileSystem } from '@modelkeep/io';

/** Who may make the next call: decided by how many calls each of them has made. */
export type ChooseTurn = (calls: Readonly<Record<'a' | 'b', number>>) => 'a' | 'b';

/** Two parties on one file system, of which one call at a time is let through. */
export interface Turns {
  readonly a: FileSystem;
  readonly b: FileSystem;
  /** Runs both to their end. @returns how many calls each has made */
  run(work: Readonly<Record<'a' | 'b', () => Promise<unknown>>>): Promise<Readonly<Record<'a' | 'b', number>>>;
}

/** Chooses by a coin. */
export function byCoin(random: SeededRandom): ChooseTurn {
  return () => (random.below(2) === 0 ? 'a' : 'b');
}

/** `first` makes so many calls, then the other one works to its end. */
export function afterCalls(first: 'a' | 'b', count: number): ChooseTurn {
  const other = first === 'a' ? 'b' : 'a';
  return (calls) => (calls[first] < count ? first : other);
}

/** A party that waits for a lock of the other makes no call: then the other goes on. */
const IDLE_TURNS = 12;

/** Makes {@link Turns} over a file system; the choice counts only while both want to make a call. */
export function takeTurns(fileSystem: FileSystem, choose: ChooseTurn): Turns {
  const calls = { a: 0, b: 0 };
  const waiting: { a: (() => void)[]; b: (() => void)[] } = { a: [], b: [] };
  const ended = { a: false, b: false };
  const gate = (party: 'a' | 'b'): FileSystem =>
    interceptFileSystem(fileSystem, () => new Promise<void>((resolve) => waiting[party].push(resolve)));

  const idle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  async function schedule(): Promise<void> {
    for (let idles = 0; !ended.a || !ended.b;) {
      const wanted = choose(calls);
      const other = wanted === 'a' ? 'b' : 'a';
      const mayWait = !ended[wanted] && waiting[wanted].length === 0 && idles < IDLE_TURNS;
      const party = waiting[wanted].length > 0 || mayWait ? wanted : other;
      const next = waiting[party].shift();
      if (next === undefined) {
        idles += 1;
        await idle();
        continue;
      }
      idles = 0;
      calls[party] += 1;
      next();
      await idle();
    }
  }
  return {
    a: gate('a'),
    b: gate('b'),
    async run(work) {
      const results = await Promise.allSettled([
        work.a().finally(() => (ended.a = true)),
        work.b().finally(() => (ended.b = true)),
        schedule(),
      ]);
      for (const result of results) if (result.status === 'rejected') throw result.reason;
      return calls;
    },
  };
}
