/**
 * What the headers of large models cost, and how many headers of small ones are read from one drive.
 * MODELKEEP_BENCH_ROUNDS sets the counted runs (default 9), MODELKEEP_BENCH_FILES the small files (default 10,000),
 * MODELKEEP_BENCH_DIR the drive.
 */
import { mkdtemp, open, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createIdentifier,
  openFileSource,
  readGgufHeader,
  readSafetensorsHeader,
} from '../../packages/formats/src/index.ts';
import {
  buildFluxLora,
  lazyLlamaGguf,
  lazySafetensors,
  type SynchronousContent,
} from '../../packages/testing/src/index.ts';
import { alternate, type Contender } from '../alternate.ts';
import { printRow } from '../report.ts';
import { installGgufPeer } from './install-gguf-peer.ts';

const rounds = Number(process.env['MODELKEEP_BENCH_ROUNDS'] ?? 9);
const count = Number(process.env['MODELKEEP_BENCH_FILES'] ?? 10_000);
const folder = await mkdtemp(join(process.env['MODELKEEP_BENCH_DIR'] ?? tmpdir(), 'modelkeep-bench-'));

/** A file of the full size with its header only: the rest is a hole. */
async function writeSparse(name: string, content: SynchronousContent, headerBytes: number): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content.read(0, headerBytes));
  await truncate(path, content.sizeBytes);
  return path;
}

/** Milliseconds of one call. */
function timed(name: string, work: () => Promise<unknown>): Contender {
  return {
    name,
    run: async () => {
      const started = performance.now();
      const before = process.cpuUsage();
      await work();
      const { user, system } = process.cpuUsage(before);
      // What the process took of the cores, of all its threads: other work of the machine does not count.
      return { milliseconds: performance.now() - started, cpuMilliseconds: (user + system) / 1_000 };
    },
  };
}

async function withFile(
  path: string,
  read: (source: ReturnType<typeof openFileSource>) => Promise<unknown>,
): Promise<void> {
  const source = openFileSource(path);
  try {
    await read(source);
  } finally {
    source.close();
  }
}

try {
  await using identifier = createIdentifier();
  const tensors = Object.fromEntries(
    Array.from({ length: 2_000 }, (_, index) => [
      `model.diffusion_model.double_blocks.${index}.img_attn.qkv.weight`,
      { dtype: 'BF16', shape: [2_048, 2_560] } as const,
    ]),
  );
  const large = lazySafetensors({ tensors });
  const largePath = await writeSparse('large.safetensors', large, 1_000_000);
  printRow({
    row: 'formats/safetensors header',
    facts: { gigabytes: Math.round(large.sizeBytes / 1e9), tensors: 2_000 },
    runs: await alternate(
      [
        timed('bytes of the header, not parsed', async () => {
          const file = await open(largePath);
          await file.read(new Uint8Array(1_000_000), 0, 1_000_000, 0);
          await file.close();
        }),
        timed('readSafetensorsHeader', () => withFile(largePath, readSafetensorsHeader)),
        timed('identified in a worker', () => identifier.identifyFiles([largePath])),
      ],
      rounds,
    ),
  });

  const dimensions = { width: 4096, feedForward: 14_336, blocks: 32, heads: 32, keyValueHeads: 8, vocabulary: 150_000 };
  const llama = lazyLlamaGguf({ dimensions, mixture: 'Q4_K_M' });
  const llamaPath = await writeSparse('llama.gguf', llama, 16_000_000);
  const peer = await installGgufPeer();
  printRow({
    row: 'formats/gguf header',
    facts: { gigabytes: Math.round(llama.sizeBytes / 1e9), vocabulary: dimensions.vocabulary },
    runs: await alternate(
      [
        timed('readGgufHeader', () => withFile(llamaPath, readGgufHeader)),
        timed('identified in a worker', () => identifier.identifyFiles([llamaPath])),
        ...(peer === undefined ? [] : [timed('@huggingface/gguf', () => peer(llamaPath, { allowLocalFile: true }))]),
      ],
      rounds,
    ),
  });

  const lora = buildFluxLora({ scale: 0.01 });
  const paths = Array.from({ length: count }, (_, index) => join(folder, `${index}.safetensors`));
  for (const path of paths) await writeFile(path, lora);
  printRow({
    row: 'formats/many headers',
    facts: { files: count, kilobytesEach: Math.round(lora.length / 1_000) },
    runs: await alternate(
      [
        {
          name: 'identified in a worker, one by one',
          run: async () => {
            const started = performance.now();
            for (const path of paths) await identifier.identifyFiles([path]);
            return { filesPerMinute: (count / (performance.now() - started)) * 60_000 };
          },
        },
      ],
      Math.min(rounds, 3),
    ),
  });
} finally {
  await rm(folder, { recursive: true, force: true });
}
