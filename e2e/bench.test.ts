import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

function runBench(...words: readonly string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--conditions=modelkeep-source', join(root, 'bench/run.ts'), ...words],
    { encoding: 'utf8', env: { ...process.env, MODELKEEP_BENCH_ROUNDS: '1' } },
  );
  return { status, output: stdout + stderr };
}

describe('the benchmarks', { timeout: 60_000 }, () => {
  it('are found by words of their paths', () => {
    const { status, output } = runBench('fleet', 'forecast');
    expect(output).toContain('== fleet/forecast.bench.ts');
    expect(output.match(/^== /gm)).toHaveLength(1);
    expect(status).toBe(0);
  });

  it('that no word finds are an error', () => {
    expect(runBench('fleet', 'nonsense')).toEqual({
      status: 2,
      output: 'no benchmark has fleet and nonsense in its path\n',
    });
  });
});
