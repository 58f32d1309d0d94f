import { chmod, readdir, writeFile } from 'node:fs/promises';
import { buildFluxLora, startHub } from '@modelkeep/testing';
import type { DownloadResult, LibraryRepair, VerifyReport } from 'modelkeep';
import { expect, it } from 'vitest';
import { runCli } from './run-cli.ts';
import { testFolder } from './test-folder.ts';

it('a damaged blob is mended by verify --repair, from where it came from', async () => {
  await using folder = await testFolder();
  const content = buildFluxLora({ scale: 0.1 });
  await using hub = await startHub({
    repos: [{ id: 'acme/x', files: [{ path: 'x.safetensors', content, storage: 'lfs' }] }],
  });
  const root = ['--root', folder.join('library'), '--json'];
  const environment = { HF_ENDPOINT: hub.hubUrl };
  const { models } = (await runCli(['get', 'hf:acme/x', ...root], { environment })).json<DownloadResult>();
  const blob = folder.join('library/blobs/sha256', models[0]?.files[0]?.sha256 ?? '');
  await chmod(blob, 0o644);
  await writeFile(
    blob,
    Uint8Array.from(content, (byte, index) => (index === content.length - 1 ? byte ^ 1 : byte)),
  );
  const verified = await runCli(['verify', '--deep', ...root]);
  expect([verified.exitCode, verified.json<VerifyReport>().problems.length]).toEqual([1, 1]);

  const repaired = await runCli(['verify', '--repair', ...root], { environment });
  expect([repaired.exitCode, repaired.json<LibraryRepair>()]).toMatchObject([
    0,
    { repaired: [{ how: 'fetched' }, { how: 'projected' }], left: [], bytesFetched: content.length },
  ]);
  expect((await runCli(['verify', ...root])).json<VerifyReport>()).toMatchObject({ models: 1, problems: [] });
  expect(await readdir(folder.join('library/.modelkeep/quarantine'))).toHaveLength(1);
  expect((await runCli(['doctor', ...root])).exitCode).toBe(0);
});
