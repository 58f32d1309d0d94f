import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

interface Outcome {
  /** Threads that have answered. */
  readonly threads: number;
  readonly errors: readonly object[];
  readonly warned: boolean;
  /** Threads that answer when all descriptors are given back. */
  readonly grown: number;
}

/** What a process that may have 64 files, and holds all but `left` of them, gets from a pool of three threads. */
async function runWith(left: number, givenBackAfterMs = ''): Promise<Outcome> {
  const program = fileURLToPath(new URL('few-descriptors.test-program.ts', import.meta.url));
  const node = [process.execPath, '--conditions=modelkeep-source', program, String(left), givenBackAfterMs];
  const { stdout } = await promisify(execFile)('bash', ['-c', 'ulimit -n 64; exec "$@"', 'bash', ...node]);
  return JSON.parse(stdout) as Outcome;
}

// Windows has no such limit.
describe.skipIf(process.platform === 'win32')('a pool whose threads find no descriptors', () => {
  it('works with those that could be started, and with all when there are descriptors again', async () => {
    expect(await runWith(40)).toEqual({ threads: 3, errors: [], warned: false, grown: 3 });
    // A thread takes six: there are some for one of the three.
    expect(await runWith(9)).toEqual({ threads: 1, errors: [], warned: true, grown: 3 });
  });

  it('waits for the first one until some are given back', async () => {
    expect(await runWith(0, '300')).toMatchObject({ threads: expect.any(Number) as unknown, errors: [], warned: true });
  });

  it('says how many there are, and what to do, where none are given back', async () => {
    const { threads, errors, grown } = await runWith(0);
    expect([threads, grown]).toEqual([0, 3]);
    expect(errors).toHaveLength(3);
    for (const error of errors) {
      const limit = process.platform === 'linux' ? { limit: 64 } : {};
      expect(error).toMatchObject({ code: 'core.too-many-files', facts: { systemCode: 'EMFILE', ...limit } });
      expect(error).toMatchObject({ hint: expect.stringMatching(/ulimit -n/) as unknown });
    }
  });
});
