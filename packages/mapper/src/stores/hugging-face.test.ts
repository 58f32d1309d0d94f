import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { scanCacheDir } from '@huggingface/hub';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { treeOf } from '../mapper.test-world.ts';
import { COMMIT, createStoreWorld, gitSha1, type StoreWorld } from './store-world.test-helper.ts';

let world: StoreWorld;
beforeEach(async () => {
  world = await createStoreWorld('hugging-face');
});
afterEach(() => world.close());

const WEIGHTS = 'safetensors, and then the weights of a model';
const CONFIG = '{"a":1}';
const sha256 = (data: string): string => createHash('sha256').update(data).digest('hex');
const repo = (...path: readonly string[]): string => join(world.storeRoot, 'models--acme--tiny', ...path);
const addTiny = () =>
  world.addHubModel(
    'acme/tiny',
    { 'model.safetensors': WEIGHTS, 'config.json': CONFIG, 'vae/config.json': CONFIG },
    { type: 'checkpoint', format: 'safetensors' },
  );

describe('the cache of Hugging Face', () => {
  it('has the layout that its libraries write, with the bytes linked', async () => {
    const model = await addTiny();
    const applied = await world.apply();
    expect(applied.counts).toMatchObject({ created: 6, failed: 0, conflict: 0, skipped: 0 });
    expect(await readFile(repo('refs', 'main'), 'utf8')).toBe(COMMIT);
    expect((await readdir(repo('blobs'))).toSorted()).toEqual([gitSha1(CONFIG), sha256(WEIGHTS)].toSorted());
    const snapshot = repo('snapshots', COMMIT);
    expect(await readlink(join(snapshot, 'model.safetensors'))).toBe(`../../blobs/${sha256(WEIGHTS)}`);
    expect(await readlink(join(snapshot, 'config.json'))).toBe(`../../blobs/${gitSha1(CONFIG)}`);
    expect(await readlink(join(snapshot, 'vae/config.json'))).toBe(`../../../blobs/${gitSha1(CONFIG)}`);
    expect(await readFile(join(snapshot, 'model.safetensors'), 'utf8')).toBe(WEIGHTS);
    const row = (await world.mapper.linksOf(model.record.id)).find(({ fileSha256 }) => fileSha256 === sha256(WEIGHTS));
    const [blob, source] = await Promise.all([
      stat(repo('blobs', sha256(WEIGHTS))),
      stat(join(model.folder, 'model.safetensors')),
    ]);
    if (row?.strategy === 'hardlink') expect(blob.ino).toBe(source.ino);
    else expect(row?.strategy).toBe('reflink');
  });

  it('changes nothing the second time; undo and unlink leave nothing behind', async () => {
    const model = await addTiny();
    const first = await world.apply();
    expect((await world.apply()).counts).toMatchObject({ kept: 6, created: 0, replaced: 0, removed: 0, conflict: 0 });
    await world.mapper.undo(first);
    expect(await treeOf(world.storeRoot)).toEqual({});
    await world.apply();
    await world.mapper.unlinkModel(model.record.id);
    expect(await treeOf(world.storeRoot)).toEqual({});
  });

  it('shares blobs and the branch between models of one repo', async () => {
    const first = await addTiny();
    await world.addHubModel(
      'acme/tiny',
      { 'other.safetensors': `${WEIGHTS} 2`, 'config.json': CONFIG },
      { type: 'checkpoint', format: 'safetensors' },
    );
    await world.apply();
    await world.mapper.unlinkModel(first.record.id);
    const snapshot = repo('snapshots', COMMIT);
    expect((await readdir(snapshot)).toSorted()).toEqual(['config.json', 'other.safetensors']);
    expect(await readFile(repo('refs', 'main'), 'utf8')).toBe(COMMIT);
    world.models.delete(first.record.id);
    await world.apply();
    expect(await readFile(join(snapshot, 'config.json'), 'utf8')).toBe(CONFIG);
    expect((await world.mapper.check()).every(({ health }) => health === 'ok')).toBe(true);
  });

  it('leaves alone what the libraries have downloaded themselves', async () => {
    await addTiny();
    await mkdir(repo('refs'), { recursive: true });
    await writeFile(repo('refs', 'main'), 'f'.repeat(40));
    await mkdir(repo('blobs'));
    await writeFile(repo('blobs', sha256(WEIGHTS)), WEIGHTS);
    await mkdir(repo('snapshots', COMMIT), { recursive: true });
    await symlink(`../../blobs/${sha256(WEIGHTS)}`, repo('snapshots', COMMIT, 'model.safetensors'));
    const applied = await world.apply();
    expect(applied.counts).toMatchObject({ conflict: 1, kept: 2, created: 3 });
    await world.mapper.unlinkAll({ app: 'transformers', appRoot: world.storeRoot });
    expect(await readFile(repo('refs', 'main'), 'utf8')).toBe('f'.repeat(40));
    expect(await readFile(repo('snapshots', COMMIT, 'model.safetensors'), 'utf8')).toBe(WEIGHTS);
  });

  it('says why a model that is from no repo is not there', async () => {
    await world.addModel({ type: 'lora', format: 'safetensors' });
    const [entry] = (await world.plan()).entries;
    expect(entry?.reason?.code).toBe('not-from-hub');
  });
});

describe("the cache as Hugging Face's own libraries read it", () => {
  it('is scanned by @huggingface/hub', async () => {
    await addTiny();
    await world.apply();
    const { repos, warnings } = await scanCacheDir(world.storeRoot);
    expect(warnings).toEqual([]);
    expect(repos).toHaveLength(1);
    expect(repos[0]).toMatchObject({ id: { name: 'acme/tiny', type: 'model' } });
    const [revision] = repos[0]?.revisions ?? [];
    expect(revision?.commitOid).toBe(COMMIT);
    expect(revision?.refs).toEqual(['main']);
    /* It lists the files at the top of a snapshot only. */
    const paths = revision?.files.map(({ path }) => path.slice(path.indexOf(COMMIT) + COMMIT.length + 1));
    expect(paths?.toSorted()).toEqual(['config.json', 'model.safetensors']);
    const blobs = revision?.files.map(({ blob }) => blob.path);
    expect(blobs?.toSorted()).toEqual([repo('blobs', gitSha1(CONFIG)), repo('blobs', sha256(WEIGHTS))].toSorted());
  });

  it(
    'is read offline by huggingface_hub, which finds each file by name and by branch',
    { timeout: 60_000 },
    async ({ annotate }) => {
      await addTiny();
      await world.apply();
      const read = await readWithPython(world.storeRoot);
      if ('why' in read) {
        await annotate(`not checked with huggingface_hub: ${read.why} (docs/interop.md says how to)`);
        return;
      }
      expect(read).toEqual({
        files: { 'model.safetensors': WEIGHTS, 'config.json': CONFIG, 'vae/config.json': CONFIG },
        repos: ['acme/tiny'],
        refs: [['main']],
        size: WEIGHTS.length + CONFIG.length,
        warnings: 0,
      });
    },
  );
});

const PROGRAM = `
import json, sys
from huggingface_hub import hf_hub_download, scan_cache_dir
cache = sys.argv[1]
names = ['model.safetensors', 'config.json', 'vae/config.json']
files = {name: open(hf_hub_download('acme/tiny', name, cache_dir=cache, local_files_only=True)).read() for name in names}
info = scan_cache_dir(cache)
repos = list(info.repos)
print(json.dumps({
  'files': files,
  'repos': [repo.repo_id for repo in repos],
  'refs': [sorted(revision.refs) for repo in repos for revision in repo.revisions],
  'size': info.size_on_disk,
  'warnings': len(info.warnings),
}))
`;

/** What the Python library finds; `MODELKEEP_PYTHON` names another interpreter, `PYTHONPATH` where the library is. */
async function readWithPython(cache: string): Promise<{ readonly why: string } | object> {
  const python = process.env['MODELKEEP_PYTHON'] ?? 'python3';
  const environment = { ...process.env, HF_HUB_OFFLINE: '1', HF_HOME: join(dirname(cache), 'hf-home') };
  const run = (...code: readonly string[]) => promisify(execFile)(python, ['-c', ...code], { env: environment });
  try {
    await run('import huggingface_hub');
  } catch (error) {
    return {
      why: `${python} has no huggingface_hub: ${(error as Error).message.split('\n').at(-2) ?? ''}`,
    };
  }
  try {
    return JSON.parse((await run(PROGRAM, cache)).stdout) as object;
  } finally {
    await rm(environment.HF_HOME, { recursive: true, force: true });
  }
}
