import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { startByteServer, type Exchange } from './fixtures/byte-server.test-helper.ts';
import { runFetchProgram, type RunningProgram } from './fixtures/run-program.test-helper.ts';
import { MiB, openWorkbench, sha256Of, type Workbench } from './fixtures/workbench.test-helper.ts';

const content = randomBytes(40 * MiB);
const sha256 = sha256Of(content);
const expected = { sizeBytes: content.byteLength, sha256 };
const running: RunningProgram[] = [];

afterEach(async () => {
  for (const { process: child } of running.splice(0)) child.kill('SIGKILL');
});

function start(bench: Workbench, url: string, maxConnections = 1): RunningProgram {
  const { part, journal } = bench;
  const program = runFetchProgram({ url, file: 'model.bin', part, journal, expected, maxConnections });
  running.push(program);
  return program;
}

/** Sends 30 MiB and then nothing more. */
function stallAt30({ serve }: Exchange): void {
  serve({ cutAfterBytes: 30 * MiB, cutBy: 'stall' });
}

describe('processes', () => {
  it('fetches at most 16 MiB again after a SIGKILL', async () => {
    await using bench = await openWorkbench();
    await using server = await startByteServer(content, [stallAt30]);
    const first = start(bench, server.url);
    await first.reached(30 * MiB);
    first.process.kill('SIGKILL');
    await first.ended;

    const second = start(bench, server.url);
    const fetched = await second.result;
    expect(fetched).toMatchObject({ sha256, part: bench.part, verified: 'sha256' });
    expect(fetched.resumedFromBytes + fetched.bytesFetched).toBe(content.byteLength);
    expect(30 * MiB - fetched.resumedFromBytes).toBeLessThanOrEqual(16 * MiB);
    // The threads do not write in order: what is durable may have gaps.
    expect(server.ranges.slice(1)).not.toContain(undefined);
    expect(sha256Of(await bench.read(bench.part))).toBe(sha256);
  });

  it('goes on in the gaps that several connections have left', async () => {
    await using bench = await openWorkbench();
    const slow = ({ serve }: Exchange): void => serve({ bytesPerSecond: 6_000_000 });
    await using server = await startByteServer(
      content,
      Array.from({ length: 9 }, () => slow),
    );
    const first = start(bench, server.url, 4);
    await first.reached(25 * MiB);
    first.process.kill('SIGKILL');
    await first.ended;
    const connections = server.requests.length;
    expect(connections).toBeGreaterThan(1);

    const fetched = await start(bench, server.url, 4).result;
    expect(fetched).toMatchObject({ sha256, part: bench.part });
    expect(25 * MiB - fetched.resumedFromBytes).toBeLessThanOrEqual(16 * MiB);
    expect(sha256Of(await bench.read(bench.part))).toBe(sha256);
  });

  it('ends with good bytes in both of two processes that fetch the same part', async () => {
    await using bench = await openWorkbench();
    await using server = await startByteServer(content);
    const both = [start(bench, server.url), start(bench, server.url)];
    const fetched = await Promise.all(both.map(({ result }) => result));
    expect(fetched.map((one) => one.sha256)).toEqual([sha256, sha256]);
    expect(fetched[0]?.inode).not.toBe(fetched[1]?.inode);
    for (const { part } of fetched) expect(sha256Of(await bench.read(part))).toBe(sha256);
  });

  it('neither waits for a process that stands still nor lets it spoil the bytes', async () => {
    await using bench = await openWorkbench();
    await using server = await startByteServer(content, [stallAt30]);
    const stalled = start(bench, server.url);
    await stalled.reached(30 * MiB);
    stalled.process.kill('SIGSTOP');

    const second = await start(bench, server.url).result;
    expect(second.part).not.toBe(bench.part);
    expect(second.resumedFromBytes).toBeGreaterThanOrEqual(14 * MiB);
    expect(sha256Of(await bench.read(second.part))).toBe(sha256);

    stalled.process.kill('SIGCONT');
    server.closeConnections();
    expect(await stalled.result).toMatchObject({ sha256, part: bench.part });
    expect(sha256Of(await bench.read(second.part))).toBe(sha256);
    expect(sha256Of(await bench.read(bench.part))).toBe(sha256);
  });
});
