import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFetchContext } from '../fetch-context.ts';
import { openWorkbench } from '../fixtures/workbench.test-helper.ts';
import { openPartWriter } from './open-part-writer.ts';

const CHUNK_BYTES = 100_000;

describe('checkpoints', () => {
  it('that several connections ask for at once are one, and cover the bytes of all of them', async () => {
    await using bench = await openWorkbench({ io: { workers: 'worker' } });
    const { part, journal, folder, io, http } = bench;
    const quarantine = join(folder, 'quarantine');
    const url = 'http://127.0.0.1:1/never-asked';
    const writer = await openPartWriter(
      createFetchContext({ file: 'model.bin', url, http, io, part, journal, quarantine }),
    );
    const write = (index: number): Promise<void> =>
      writer.write({ bytes: randomBytes(CHUNK_BYTES), positionBytes: index * CHUNK_BYTES });
    await write(0);
    const first = writer.checkpoint();
    // By then it runs, and will know nothing of what comes now.
    await new Promise((resolve) => setImmediate(resolve));
    await write(1);
    await Promise.all([first, writer.checkpoint(), writer.checkpoint(), writer.checkpoint()]);
    expect(writer.bytesSafe).toBe(2 * CHUNK_BYTES);
    await writer.discard();
    expect(await bench.names()).toEqual([]);
  });
});
