import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { buildFluxLora } from '@modelkeep/testing';
import type { ImportReport, ModelRecord } from 'modelkeep';
import { expect, it } from 'vitest';
import { runCli } from './run-cli.ts';
import { testFolder } from './test-folder.ts';

const lora = Buffer.from(buildFluxLora({ scale: 0.1 }));
const tensors = lora.subarray(8 + Number(lora.readBigUInt64LE()));
const autoV3 = createHash('sha256').update(tensors).digest('hex').slice(0, 12);

it('the hashes of other tools are computed by an import that is asked for them', async () => {
  await using folder = await testFolder();
  await writeFile(folder.join('a.safetensors'), lora);
  const root = ['--root', folder.join('library')];
  const imported = await runCli(['import', folder.join('a.safetensors'), '--all-hashes', '--json', ...root]);
  expect(imported.json<ImportReport>().models[0]?.files[0]?.hashes).toMatchObject({ autoV3 });
});

it('the hashes of other tools are computed afterwards, and shown', async () => {
  await using folder = await testFolder();
  await writeFile(folder.join('a.safetensors'), lora);
  const root = ['--root', folder.join('library')];
  await runCli(['import', folder.join('a.safetensors'), ...root]);
  const hashed = await runCli(['hash', 'lora/flux1/a', ...root]);
  expect([hashed.exitCode, hashed.stdout]).toEqual([0, expect.stringMatching(/B hashed, 1 models have new hashes/u)]);
  const shown = await runCli(['show', 'lora/flux1/a', '--json', ...root]);
  expect(shown.json<ModelRecord>().files[0]?.hashes).toMatchObject({ autoV3 });
});
