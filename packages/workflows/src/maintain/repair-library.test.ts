import { chmod, cp, mkdir, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { buildFluxLora, startHub } from '@modelkeep/testing';
import { expect, it } from 'vitest';
import { openScene, sha256Of } from '../acquire/url-scene.test-helper.ts';
import { scene } from '../repos/repos.test-helper.ts';
import { openWorkspace } from '../workspace/open-workspace.ts';
import { tempFolder } from '../workspace.test-helper.ts';

const lora = buildFluxLora({ scale: 0.5 });
const damaged = Uint8Array.from(lora, (byte, at) => (at === 1_000 ? byte ^ 4 : byte));

async function damage(root: string, sha256: string): Promise<void> {
  const blob = `${root}/blobs/sha256/${sha256}`;
  await chmod(blob, 0o644);
  await writeFile(blob, damaged);
}

it('fetches what is damaged from the hub, at its commit, and only that', async () => {
  await using folder = await tempFolder();
  const files = [
    { path: 'x.safetensors', content: lora, storage: 'lfs' as const },
    { path: 'README.md', content: Buffer.from('words') },
  ];
  await using hub = await startHub({ repos: [{ id: 'acme/x', files }] });
  const root = folder.join('library');
  const options = { root, hub: { endpoint: hub.hubUrl } };
  await using workspace = await openWorkspace(options);
  await workspace.download(await workspace.planDownload('hf:acme/x')).result;
  expect(await workspace.repair().result).toMatchObject({ repaired: [], left: [], failures: [], bytesFetched: 0 });

  await damage(root, sha256Of(lora));
  const operation = workspace.repair();
  const phases = new Set<string>();
  operation.progress.subscribe(({ phase }) => phases.add(phase));
  expect(await operation.result).toMatchObject({
    found: { problems: [{ problem: 'corrupt' }] },
    repaired: [{ how: 'fetched' }, { how: 'projected' }],
    left: [],
    failures: [],
    bytesFetched: lora.byteLength,
  });
  expect([...phases]).toEqual(expect.arrayContaining(['hashing', 'downloading', 'done']));
  expect(await workspace.verify().result).toMatchObject({ problems: [], apart: [] });
  expect(await readdir(`${root}/.modelkeep/quarantine`)).toHaveLength(1);
  expect(await readdir(`${root}/.modelkeep/txn`)).toEqual([]);

  await damage(root, sha256Of(lora));
  await using elsewhere = await openWorkspace({ root, hub: { endpoint: 'http://127.0.0.1:9' } });
  expect(await elsewhere.repair().result).toMatchObject({
    repaired: [],
    left: [{ problem: 'corrupt' }],
    failures: [{ reason: expect.stringContaining('not the hub of this session') }],
  });
});

it('fetches from an address again, and leaves the damaged bytes where that has other ones', async () => {
  await using scene = await openScene({ '/x.safetensors': { content: lora } });
  const { workspace, server, root } = scene;
  const plan = await workspace.planDownload(`${server.origin}/x.safetensors`, { sha256: sha256Of(lora) });
  await workspace.download(plan).result;
  await damage(root, sha256Of(lora));
  expect(await workspace.repair().result).toMatchObject({ repaired: [{ how: 'fetched' }, { how: 'projected' }] });
  expect((await workspace.verify().result).problems).toEqual([]);

  await damage(root, sha256Of(lora));
  server.files.set('/x.safetensors', { content: damaged });
  const report = await workspace.repair().result;
  expect(report).toMatchObject({ repaired: [], left: [{ problem: 'corrupt' }], bytesFetched: 0 });
  expect(report.failures).toMatchObject([{ sha256: sha256Of(lora), reason: expect.stringContaining('sha256') }]);
  expect((await workspace.verify().result).problems).toMatchObject([{ problem: 'corrupt' }]);
});

it('copies from the file that was imported, if that is still the same', async () => {
  await using folder = await tempFolder();
  const root = folder.join('library');
  const path = folder.join('x.safetensors');
  await writeFile(path, lora);
  await using workspace = await openWorkspace({ root });
  await workspace.import(path).result;
  await damage(root, sha256Of(lora));
  expect(await workspace.repair().result).toMatchObject({ repaired: [{ how: 'fetched' }, { how: 'projected' }] });
  expect((await workspace.verify().result).problems).toEqual([]);

  await damage(root, sha256Of(lora));
  for (const content of [damaged, 'short', null]) {
    await rm(path, { force: true });
    if (content !== null) await writeFile(path, content);
    const { failures, left } = await workspace.repair({ depth: 'hash' }).result;
    expect([failures.length, left.length]).toEqual([1, 1]);
  }
  const controller = new AbortController();
  controller.abort(new Error('enough'));
  await expect(workspace.repair({ signal: controller.signal }).result).rejects.toThrow('enough');
});

it('makes one of a model that is known outside as well, and leads the links of apps to it', async () => {
  await using folder = await tempFolder();
  const [models, app, root] = [folder.join('models'), folder.join('ComfyUI'), folder.join('library')];
  await mkdir(models);
  await mkdir(`${app}/models`, { recursive: true });
  const small = buildFluxLora({ scale: 0.02 });
  await writeFile(`${models}/line.safetensors`, small);
  await writeFile(folder.join('line.safetensors'), small);
  {
    // From before an import took in what was adopted.
    await using adopting = await openWorkspace({ root: folder.join('other') });
    await adopting.scan([models]).result;
    await using workspace = await openWorkspace({ root });
    await cp(folder.join('other/external'), `${root}/external`, { recursive: true });
    await workspace.rebuildIndex();
    await (await workspace.planLinks('comfyui', { appRoot: app })).apply();
    expect(await readlink(`${app}/models/loras/line.safetensors`)).toBe(`${models}/line.safetensors`);
  }
  {
    await using importing = await openWorkspace({ root: folder.join('third') });
    await importing.import(folder.join('line.safetensors')).result;
    for (const name of ['lora', 'blobs'])
      await cp(folder.join(`third/${name}`), `${root}/${name}`, { recursive: true });
  }
  await using workspace = await openWorkspace({ root });
  await workspace.rebuildIndex();
  const { joined } = await workspace.repair().result;
  expect(joined).toMatchObject([{ slug: 'lora/flux1/line', folder: models }]);
  const { id } = await workspace.get(joined[0]?.outsideId ?? '');
  expect(id).toBe(joined[0]?.modelId);
  expect(await readdir(`${app}/models/loras`)).toEqual(['line.safetensors']);
  expect(await readlink(`${app}/models/loras/line.safetensors`)).toBe(`${root}/lora/flux1/line/line.safetensors`);
  expect((await workspace.checkLinks()).map(({ health, link }) => [health, link.modelId])).toEqual([['ok', id]]);
});

it('mends what repos keeps, and tells what cannot be had', async () => {
  await using it = await scene();
  const { id } = await it.library.repos.register('hf:acme/lora');
  const { artifacts } = await it.library.repos.sync(id).result;
  const [readme, model, old] = artifacts.map(({ localPath }) => localPath ?? '');
  await writeFile(readme ?? '', '# Thick limes');
  await writeFile(model ?? '', '{}');
  const { repos, left } = await it.library.repair().result;
  expect([repos.repaired.map(({ path }) => path), repos.failures, left]).toEqual([
    ['README.md', 'conf/model.json'],
    [],
    [],
  ]);
  expect(repos.bytesFetched).toBe(13 + 8);
  expect(await readFile(readme ?? '', 'utf8')).toBe('# Thick lines');
  await rm(old ?? '');
  await it.hub.close();
  const failed = (await it.library.repair({ depth: 'size' }).result).repos;
  expect(failed).toMatchObject({ repaired: [], failures: [{ path: 'conf/old.json', problem: 'missing' }] });
});

it('takes the bytes from a folder that was scanned where what was imported is gone', async () => {
  await using folder = await tempFolder();
  const root = folder.join('library');
  const app = folder.join('app');
  await using workspace = await openWorkspace({ root });
  const gone = folder.join('downloads');
  for (const place of [app, gone]) {
    await mkdir(place);
    await writeFile(`${place}/line.safetensors`, lora);
  }
  await workspace.scan([app]).result;
  await workspace.import([gone], { mode: 'copy' }).result;
  await rm(gone, { recursive: true });
  await damage(root, sha256Of(lora));
  expect(await workspace.repair().result).toMatchObject({
    repaired: [{ how: 'fetched' }, { how: 'projected' }],
    left: [],
  });

  // A file that has other bytes by now is no source, and says so.
  await writeFile(`${app}/line.safetensors`, Buffer.from(lora).fill(0, 200, 300));
  await damage(root, sha256Of(lora));
  const { failures, left } = await workspace.repair().result;
  expect(left).toMatchObject([{ problem: 'corrupt' }]);
  expect(failures[0]?.reason).toContain('is another file by now');
});
