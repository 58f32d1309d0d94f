/** The figures of one run: `seconds` and whatever else the contender tells. */
export type Run = Readonly<Record<string, number>>;

/** One contender. */
export interface Contender {
  readonly name: string;
  /** What is not timed: tidies up after the run before and brings machine and folder into the same state for everybody. */
  readonly prepare?: () => Promise<void>;
  /** Does the work once. Figures of its own replace what is measured around it. */
  readonly run: () => Promise<Run | void>;
}

/** All counted runs of each contender, in the order of the rounds. */
export type Runs = ReadonlyMap<string, readonly Run[]>;

/** Runs the contenders in turn, A B A B …, after one round that does not count: a machine's drift strikes all alike. */
export async function alternate(contenders: readonly Contender[], rounds: number): Promise<Runs> {
  const runs = new Map(contenders.map(({ name }) => [name, [] as Run[]]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const contender of contenders) {
      await contender.prepare?.();
      const started = performance.now();
      const own = await contender.run();
      const run = { seconds: (performance.now() - started) / 1_000, ...own };
      if (round > 0) runs.get(contender.name)?.push(run);
    }
  }
  return runs;
}

/** The middle value. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
