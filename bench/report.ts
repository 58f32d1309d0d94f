import { availableParallelism, release, type } from 'node:os';
import { median, type Run, type Runs } from './alternate.ts';

/** Median, least and most of a figure. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** What one row of a benchmark found. */
export interface Row {
  readonly row: string;
  /** What was measured with: sizes, servers, folders. */
  readonly facts: Readonly<Record<string, string | number>>;
  readonly runs: Runs;
}

/**
 * Prints a row for people and, as one line of JSON, for programs. `ratio` is the median of the ratios to the first
 * contender round by round: the runs of one round met the same machine.
 */
export function printRow({ row, facts, runs }: Row): void {
  const [, base = []] = [...runs][0] ?? [];
  const contenders = [...runs].map(([name, own]) => ({ name, ...summaryOf(own, base) }));
  const shown = Object.entries(facts).map(([name, value]) => `${name} ${value}`);
  console.log(`-- ${row}: ${[...shown, `${base.length} alternating runs`].join(', ')}`);
  for (const { name, ratio, figures } of contenders) {
    const { seconds, ...others } = figures;
    const extras = Object.entries(others).map(([figure, spread]) => `${figure} ${spread.median.toFixed(2)}`);
    console.log(`${name.padEnd(36)} ${showSeconds(seconds)}  ratio ${ratio.toFixed(2)}  ${extras.join('  ')}`);
  }
  const machine = { node: process.version, system: `${type()} ${release()}`, cores: availableParallelism() };
  console.log(JSON.stringify({ row, ...facts, rounds: base.length, ...machine, contenders }));
}

function summaryOf(own: readonly Run[], base: readonly Run[]): { ratio: number; figures: Record<string, Spread> } {
  const names = Object.keys(own[0] ?? {});
  const figures = names.map((name) => [name, spreadOf(own.map((run) => run[name] ?? Number.NaN))] as const);
  const ratios = own.map((run, round) => (run['seconds'] ?? Number.NaN) / (base[round]?.['seconds'] ?? Number.NaN));
  return { ratio: rounded(median(ratios)), figures: Object.fromEntries(figures) };
}

function spreadOf(values: readonly number[]): Spread {
  return { median: rounded(median(values)), min: rounded(Math.min(...values)), max: rounded(Math.max(...values)) };
}

function showSeconds(spread: Spread | undefined): string {
  const show = (value = Number.NaN): string => value.toFixed(2).padStart(7);
  return `median ${show(spread?.median)} s  from ${show(spread?.min)} to ${show(spread?.max)}`;
}

function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
