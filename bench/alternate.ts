/** One contender: does the work once and returns when it is done. */
export interface Contender {
  readonly name: string;
  run(): Promise<void>;
}

/** Seconds of each run. */
export type Times = ReadonlyMap<string, readonly number[]>;

/** Runs the contenders in turn, A B A B …, after one round that does not count: a machine's drift strikes all alike. */
export async function alternate(contenders: readonly Contender[], rounds: number): Promise<Times> {
  const times = new Map(contenders.map(({ name }) => [name, [] as number[]]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const contender of contenders) {
      const started = performance.now();
      await contender.run();
      if (round > 0) times.get(contender.name)?.push((performance.now() - started) / 1_000);
    }
  }
  return times;
}

/** Prints median and spread of each, and the ratio of the medians to the first contender's. */
export function printTimes(times: Times): void {
  const [, base = []] = [...times][0] ?? [];
  for (const [name, seconds] of times) {
    const sorted = seconds.toSorted((a, b) => a - b);
    const show = (value: number | undefined): string => (value ?? Number.NaN).toFixed(3).padStart(8);
    const ratio = median(seconds) / median(base);
    console.log(
      `${name.padEnd(28)} median ${show(median(seconds))} s  from ${show(sorted[0])} to ${show(sorted.at(-1))}  ratio ${ratio.toFixed(2)}`,
    );
  }
}

/** The middle value. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
