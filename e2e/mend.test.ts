import { chmod, rm, writeFile } from 'node:fs/promises';
import { buildFluxLora, startHub } from '@modelkeep/testing';
import type { DownloadResult, VerifyReport } from 'modelkeep';
import { expect, it } from 'vitest';
import { runCli } from './run-cli.ts';
import { testFolder } from './test-folder.ts';

it('a damaged blob is mended as the read-me says: remove it and the folder of its model, and get the model again', async () => {
  await using folder = await testFolder();
  const content = buildFluxLora({ scale: 0.1 });
  await using hub = await startHub({
    repos: [{ id: 'acme/x', files: [{ path: 'x.safetensors', content, storage: 'lfs' }] }],
  });
  const root = ['--root', folder.join('library'), '--json'];
  const get = ['get', 'hf:acme/x', '--endpoint', hub.hubUrl, ...root];
  const { models } = (await runCli(get)).json<DownloadResult>();
  const blob = folder.join('library/blobs/sha256', models[0]?.files[0]?.sha256 ?? '');
  await chmod(blob, 0o644);
  await writeFile(
    blob,
    Uint8Array.from(content, (byte, index) => (index === content.length - 1 ? byte ^ 1 : byte)),
  );
  expect((await runCli(['verify', ...root])).json<VerifyReport>().problems).toHaveLength(1);
  await rm(blob);
  await rm(folder.join('library', models[0]?.slug ?? ''), { recursive: true });
  expect((await runCli(get)).exitCode).toBe(0);
  expect((await runCli(['verify', ...root])).json<VerifyReport>()).toMatchObject({ models: 1, problems: [] });
  expect((await runCli(['doctor', ...root])).exitCode).toBe(0);
});
