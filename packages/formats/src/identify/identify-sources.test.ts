import type { ByteSource } from '@modelkeep/core';
import {
  buildEmbedding,
  buildLlamaGguf,
  buildPickleCheckpoint,
  demoRepos,
  fluxShapes,
  lazyLlamaGguf,
  lazySafetensors,
  tensorsOf,
  type SynchronousContent,
} from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { bytesSource } from '../source/bytes-source.ts';
import { createIdentifier } from './create-identifier.ts';
import { identify } from './identify.ts';

/** A source that counts what is read of it. */
function counted(content: SynchronousContent): ByteSource & { readBytes: number; reads: number } {
  const source = {
    sizeBytes: content.sizeBytes,
    readBytes: 0,
    reads: 0,
    async read(offset: number, length: number) {
      const bytes = content.read(offset, length);
      source.readBytes += bytes.length;
      source.reads += 1;
      return bytes;
    },
  };
  return source;
}

const flux = lazySafetensors({ tensors: tensorsOf(fluxShapes(), 'BF16') });
/** Its tokenizer makes a header of about 3 MB. */
const llama = lazyLlamaGguf({
  dimensions: { width: 4096, feedForward: 14_336, blocks: 32, heads: 32, keyValueHeads: 8, vocabulary: 128_256 },
  mixture: 'Q4_K_M',
});

describe.each(['worker', 'in-thread'] as const)('identifySources, %s', (mode) => {
  it('reads the headers of gigabytes, each part once or twice', async () => {
    await using identifier = createIdentifier({ mode });
    const small = counted(flux);
    expect(await identifier.identifySources([small])).toEqual(await identify([counted(flux)]));
    expect([small.reads, small.readBytes]).toEqual([1, 131_072]);
    const large = counted(llama);
    expect(await identifier.identifySources([large])).toEqual(await identify([counted(llama)]));
    expect(large.reads).toBeLessThan(6);
    expect(large.readBytes).toBeLessThan(6_000_000);
  });

  it('gives what identify gives, for shards, pickles, small and unknown files', async () => {
    await using identifier = createIdentifier({ mode });
    const shards = demoRepos({ scale: 0.1 })
      .flatMap(({ files }) => files)
      .filter(({ path }) => /-0000\d-of-/.test(path))
      .map(({ content }) => bytesSource(content as Uint8Array));
    expect(shards.length).toBeGreaterThan(1);
    const dimensions = { width: 256, feedForward: 512, blocks: 2, heads: 4, keyValueHeads: 2, vocabulary: 300 };
    const models = [
      shards,
      [bytesSource(buildEmbedding({ family: 'sd1' }))],
      [bytesSource(buildLlamaGguf({ dimensions, mixture: 'Q8_0' }))],
      [bytesSource(Buffer.concat([buildPickleCheckpoint(), Buffer.alloc(0)]))],
      [bytesSource(new Uint8Array(300_000))],
      [bytesSource(new Uint8Array(0))],
    ];
    for (const sources of models) {
      expect(await identifier.identifySources(sources)).toEqual(await identify(sources));
    }
  });

  it('gives typed errors that name the path, and those of the source as they are', async () => {
    await using identifier = createIdentifier({ mode });
    const cut = bytesSource(buildEmbedding({ family: 'sd1' }).subarray(0, -3));
    await expect(identifier.identifySources([cut], { paths: ['x'] })).rejects.toMatchObject({
      code: 'formats.invalid',
      facts: { path: 'x' },
    });
    await expect(identifier.identifySources([])).rejects.toMatchObject({ code: 'core.invalid-argument' });
    const broken = new Error('unplugged');
    const failing: ByteSource = { sizeBytes: 10, read: () => Promise.reject(broken) };
    await expect(identifier.identifySources([failing])).rejects.toBe(broken);
    const lying: ByteSource = { sizeBytes: 1_000_000, read: async (at) => flux.read(at, at === 0 ? 10 : 0) };
    await expect(identifier.identifySources([lying])).rejects.toThrow('ended before its size');
  });

  it('keeps no more of a hostile file than it may', async () => {
    await using identifier = createIdentifier({ mode });
    const head = Buffer.concat([Buffer.from(BigUint64Array.of(99_000_000n).buffer), Buffer.from('{"a":')]);
    const endless: ByteSource = {
      sizeBytes: 1e12,
      async read(offset, length) {
        const bytes = Buffer.alloc(length, 0x20);
        if (offset === 0) head.copy(bytes);
        return bytes;
      },
    };
    await expect(identifier.identifySources([endless])).rejects.toMatchObject({
      code: expect.stringMatching(/^formats\./),
    });
  });

  it('ends with the reason of its signal', async () => {
    await using identifier = createIdentifier({ mode });
    const reason = new Error('enough');
    await expect(identifier.identifySources([counted(llama)], { signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
  });
});
