import { startHub } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { startFileServer } from '../file-server.test-helper.ts';
import { tempFolder } from '../workspace.test-helper.ts';
import { openWorkspace } from '../workspace/open-workspace.ts';
import { allText, big, CANARY, lora, openScene, sha256Of } from './url-scene.test-helper.ts';

describe('mirrors', () => {
  it('take over when planning and when fetching, and are kept without their queries', async () => {
    await using mirror = await startFileServer({ '/copy': { content: big } });
    await using scene = await openScene({ '/a.safetensors': { content: big, breaksAtBytes: 2_000_000 } });
    const { server, workspace, root } = scene;
    const sha256 = sha256Of(big);
    const mirrors = [`${server.origin}/gone`, `${mirror.origin}/copy?${CANARY}`];
    const url = `${server.origin}/a.safetensors`;
    const plan = await workspace.planDownload(url, { sha256, mirrors });
    expect(plan.mirrors).toEqual([`${server.origin}/gone`, `${mirror.origin}/copy`]);
    server.files.clear();
    const { files, models } = await workspace.download(plan).result;
    expect(files).toMatchObject([{ sha256, verified: 'sha256' }]);
    expect(models[0]?.sources).toMatchObject([{ endpoint: server.origin, path: '/a.safetensors' }]);
    expect(await allText(root)).not.toContain('canary');
    mirror.files.set('/b.safetensors', { content: lora });
    const planned = await workspace.planDownload(`${server.origin}/b.safetensors`, {
      sha256: sha256Of(lora),
      mirrors: [`${mirror.origin}/b.safetensors`],
    });
    expect(planned.files).toMatchObject([{ path: 'b.safetensors', sizeBytes: lora.byteLength }]);
    expect((await workspace.download(planned).result).models[0]?.type).toBe('lora');
  });

  it('are for a file of a hub too, and only where a hash tells what they have', async () => {
    await using folder = await tempFolder();
    await using mirror = await startFileServer({ '/copy': { content: lora } });
    await using hub = await startHub({
      repos: [
        {
          id: 'acme/lora',
          files: [
            { path: 'line.safetensors', content: lora, storage: 'lfs' },
            { path: 'README.md', content: Buffer.from('# Thick lines') },
          ],
        },
      ],
    });
    await using workspace = await openWorkspace({
      root: folder.join('library'),
      hub: { endpoint: hub.hubUrl },
      privateOrigins: 'all',
    });
    const mirrors = [`${mirror.origin}/copy`];
    const file = 'hf:acme/lora/line.safetensors';
    const plan = await workspace.planDownload(file, { mirrors, sha256: sha256Of(lora) });
    hub.faults.arm({
      when: { origin: 'hub', pathPattern: 'resolve', times: 99 },
      fault: { kind: 'status', status: 404 },
    });
    expect((await workspace.download(plan).result).files).toMatchObject([{ verified: 'sha256' }]);
    const refusal = { code: 'core.invalid-argument', facts: { argument: 'mirrors' } };
    await expect(workspace.planDownload('hf:acme/lora', { mirrors })).rejects.toMatchObject(refusal);
    mirror.files.set('/a.safetensors', { content: lora });
    await expect(workspace.planDownload(`${mirror.origin}/a.safetensors`, { mirrors })).rejects.toMatchObject(refusal);
    for (const bad of ['ftp://host/a', 'https://user:secret@host/a', 'no address'])
      await expect(workspace.planDownload(file, { mirrors: [bad] })).rejects.toMatchObject(refusal);
    await expect(
      workspace.planDownload(file, { mirrors: Array<string>(101).fill('https://h/') }),
    ).rejects.toMatchObject(refusal);
    await expect(workspace.planDownload(file, { sha256: 'abc' })).rejects.toMatchObject({
      facts: { argument: 'sha256' },
    });
    await expect(workspace.planDownload(file, { sha256: 'a'.repeat(64) })).rejects.toMatchObject({
      code: 'transfer.integrity',
    });
  });

  it('of what is no model says so', async () => {
    await using scene = await openScene({});
    for (const [reference, reason] of [['hf:datasets/acme/words', 'dataset']] as const) {
      await expect(scene.workspace.planDownload(reference)).rejects.toMatchObject({
        code: 'workflows.invalid-reference',
        facts: { reason: expect.stringContaining(reason) as string },
      });
    }
    expect(scene.server.requests).toEqual([]);
  });
});
