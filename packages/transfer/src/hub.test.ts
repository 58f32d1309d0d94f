import { startHub, seededBytes, type LocalHub } from '@modelkeep/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { content, openWorkbench, sha256Of } from './fixtures/workbench.test-helper.ts';

const readme = Buffer.from('# A model\n');
let hub: LocalHub;
let commit: string;

beforeAll(async () => {
  hub = await startHub({
    repos: [
      {
        id: 'acme/tiny',
        files: [
          { path: 'model.safetensors', content, storage: 'lfs' },
          { path: 'README.md', content: readme, storage: 'git' },
        ],
      },
    ],
  });
  commit = await hub.commitOf('acme/tiny');
});
afterAll(() => hub.close());

const url = (path: string): string => `${hub.hubUrl}/acme/tiny/resolve/${commit}/${path}`;

it('verifies an LFS file by the SHA-256 on the redirect, though the caller knew nothing', async () => {
  await using bench = await openWorkbench();
  const fetched = await bench.fetch(url('model.safetensors'));
  expect(fetched).toMatchObject({ verified: 'sha256', sha256: sha256Of(content), sizeBytes: content.byteLength });
});

it('verifies a git file by the git hash on the redirect', async () => {
  await using bench = await openWorkbench();
  const fetched = await bench.fetch(url('README.md'));
  expect(fetched.verified).toBe('git-sha1');
  expect(Buffer.from(await bench.read(fetched.part)).equals(readme)).toBe(true);
});

it('finds a bit that the CDN has flipped', async () => {
  await using bench = await openWorkbench();
  const armed = hub.faults.arm({ when: { origin: 'cdn' }, fault: { kind: 'flip-bit', offsetBytes: 5_000 } });
  expect((await bench.fetch(url('model.safetensors'))).sha256).toBe(sha256Of(content));
  expect(armed.hits).toBe(1);
});

it('resumes by a new signed address when the old one has expired', async () => {
  await using bench = await openWorkbench();
  hub.faults.clear();
  hub.faults.arm({ when: { origin: 'cdn' }, fault: { kind: 'reset', afterBytes: 2_000_000 } });
  hub.faults.arm({ when: { origin: 'cdn' }, fault: { kind: 'expired-url' } });
  hub.resetRequests();
  const fetched = await bench.fetch(url('model.safetensors'));
  expect(fetched.sha256).toBe(sha256Of(content));
  expect(fetched.bytesFetched).toBe(content.byteLength);
  expect(hub.requests.filter(({ origin }) => origin === 'hub')).toHaveLength(3);
});

it('notices a commit that was moved, by the ETag that the caller knows', async () => {
  await using bench = await openWorkbench();
  const moved = seededBytes({ seed: 1, sizeBytes: 2_000_000 });
  await hub.commit('acme/tiny', { files: [{ path: 'model.safetensors', content: moved, storage: 'lfs' }] });
  const call = bench.fetch(`${hub.hubUrl}/acme/tiny/resolve/main/model.safetensors`, {
    expected: { etag: sha256Of(content) },
  });
  await expect(call).rejects.toMatchObject({ code: 'transfer.source-changed' });
});
