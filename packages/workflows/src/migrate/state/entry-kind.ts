import type { StateProblem } from './state-migration.ts';

/** @internal What goes with a call of an engine. */
export interface EntryCall {
  readonly signal: AbortSignal | undefined;
}

/** @internal An entry of a file that can be used. */
export interface ReadEntry<Entry> {
  /** What it is called here. */
  readonly key: string;
  readonly entry: Entry;
}

/** @internal What is to become of an entry. */
export type EntryVerdict = 'write' | 'unchanged' | 'kept';

/** @internal How the entries of one kind of file are read, compared with what is here, and written. */
export interface EntryKind<Entry> {
  /** @returns null for what is no entry, which is noted */
  read(key: string, value: unknown, note: (problem: StateProblem) => void): ReadEntry<Entry> | null;
  /** What is here, looked at once. */
  judge(entries: readonly ReadEntry<Entry>[], call: EntryCall): Promise<readonly EntryVerdict[]>;
  /** @throws `fleet.conflict` where something else was written since it was judged; `core.invalid-argument` */
  write(entry: ReadEntry<Entry>, call: EntryCall): Promise<void>;
}
