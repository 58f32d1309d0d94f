import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { buildFluxLora, startHub, type RepoDefinition } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../workspace.test-helper.ts';
import { openWorkspace } from '../workspace/open-workspace.ts';

const lora = buildFluxLora({ scale: 0.1 });
const sha256 = createHash('sha256').update(lora).digest('hex');
const config = Buffer.from('{"a":1}');
const gitSha1 = createHash('sha1').update(`blob ${config.byteLength}\0`).update(config).digest('hex');
const repos: RepoDefinition[] = [
  {
    id: 'acme/thick-line-lora',
    files: [
      { path: 'thick-line.safetensors', content: lora, storage: 'lfs' },
      { path: 'thick-line-config.json', content: config },
    ],
  },
];

describe('a look-up', () => {
  it('of a file on the disk finds where it comes from, and the next one needs no hub', async () => {
    await using folder = await tempFolder();
    await using hub = await startHub({ repos });
    await using workspace = await openWorkspace({ root: folder.join('library'), hub: { endpoint: hub.hubUrl } });
    const path = folder.join('thick-line.safetensors');
    await writeFile(path, lora);
    const operation = workspace.lookup({ path });
    const phases = new Set<string>();
    operation.progress.subscribe(({ phase }) => void phases.add(phase));
    const found = await operation.result;
    expect(found).toMatchObject({
      status: 'match',
      matches: [
        {
          repo: 'acme/thick-line-lora',
          path: 'thick-line.safetensors',
          commit: await hub.commitOf('acme/thick-line-lora'),
        },
      ],
      subject: { sha256, sizeBytes: lora.byteLength, fileName: 'thick-line.safetensors' },
      models: [],
    });
    expect(structuredClone(found)).toEqual(found);
    expect([...phases]).toContain('done');

    hub.resetRequests();
    expect(await workspace.lookup({ sha256: sha256.toUpperCase() }).result).toMatchObject({ status: 'match' });
    expect(hub.requests).toEqual([]);
  });

  it('tells the models that have the file, wherever they came from', async () => {
    await using folder = await tempFolder();
    await using hub = await startHub({ repos: [] });
    await using workspace = await openWorkspace({ root: folder.join('library'), hub: { endpoint: hub.hubUrl } });
    await writeFile(folder.join('mine.safetensors'), lora);
    const { models } = await workspace.import(folder.join('mine.safetensors')).result;
    const found = await workspace.lookup({ sha256 }).result;
    expect(found).toMatchObject({ status: 'unknown', models: [{ id: models[0]?.id }] });
  });

  it('of a name tells candidates, and of a small file the repo that has it in git', async () => {
    await using folder = await tempFolder();
    await using hub = await startHub({ repos });
    await using workspace = await openWorkspace({ root: folder.join('library'), hub: { endpoint: hub.hubUrl } });
    const named = await workspace.lookup({ fileName: 'THICK-line.safetensors' }).result;
    expect(named).toMatchObject({ status: 'unknown', models: [], candidates: [{ repo: 'acme/thick-line-lora' }] });
    await writeFile(folder.join('thick-line-config.json'), config);
    const small = await workspace.lookup({ path: folder.join('thick-line-config.json') }).result;
    expect(small).toMatchObject({ status: 'match', subject: { gitSha1 }, matches: [{ gitSha1, sha256: null }] });
  });

  it('finds what a download listed, also from a library that is read only and offline', async () => {
    await using folder = await tempFolder();
    await using hub = await startHub({ repos });
    const options = { root: folder.join('library'), hub: { endpoint: hub.hubUrl } };
    {
      await using workspace = await openWorkspace(options);
      await workspace.planDownload('hf:acme/thick-line-lora');
    }
    hub.resetRequests();
    await using reader = await openWorkspace({
      ...options,
      mode: 'read',
      hub: { endpoint: hub.hubUrl, offline: true },
    });
    expect(await reader.lookup({ sha256 }).result).toMatchObject({ status: 'match', hub: 'not-asked' });
    const unknown = await reader.lookup({ sha256: 'a'.repeat(64), fileName: 'thick-line.safetensors' }).result;
    expect(unknown).toMatchObject({ status: 'unknown', hub: 'not-asked', candidates: [] });
    expect(hub.requests).toEqual([]);
  });

  it('of nothing, of what is no hash and of no file is refused; it ends with its signal', async () => {
    await using folder = await tempFolder();
    await using hub = await startHub({ repos });
    await using workspace = await openWorkspace({ root: folder.join('library'), hub: { endpoint: hub.hubUrl } });
    await expect(workspace.lookup({}).result).rejects.toMatchObject({ code: 'core.invalid-argument' });
    await expect(workspace.lookup({ sha256: 'xyz' }).result).rejects.toMatchObject({ code: 'core.invalid-argument' });
    await expect(workspace.lookup({ path: folder.join('none') }).result).rejects.toMatchObject({
      code: 'io.not-found',
    });
    const reason = new Error('enough');
    const aborted = workspace.lookup({ fileName: 'thick-line.safetensors' }, { signal: AbortSignal.abort(reason) });
    await expect(aborted.result).rejects.toBe(reason);
  });
});
