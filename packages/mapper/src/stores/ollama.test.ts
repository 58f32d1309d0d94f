import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { treeOf } from '../mapper.test-world.ts';
import { createStoreWorld, type StoreWorld } from './store-world.test-helper.ts';

let world: StoreWorld;
beforeEach(async () => {
  world = await createStoreWorld('ollama');
});
afterEach(() => world.close());

const WEIGHTS = 'GGUF and then the weights of a model';
const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
interface Manifest {
  readonly schemaVersion: number;
  readonly mediaType: string;
  readonly config: { readonly mediaType: string; readonly digest: string; readonly size: number };
  readonly layers: readonly { readonly mediaType: string; readonly digest: string; readonly size: number }[];
}
const manifestAt = async (path: string): Promise<Manifest> =>
  JSON.parse(await readFile(join(world.storeRoot, 'manifests', path), 'utf8')) as Manifest;

/** What Ollama does before it serves a model: each layer is there, has its size, and is its digest. */
async function expectWhole(path: string): Promise<Manifest> {
  const manifest = await manifestAt(path);
  expect(manifest).toMatchObject({
    schemaVersion: 2,
    mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
    config: { mediaType: 'application/vnd.docker.container.image.v1+json' },
  });
  for (const { digest, size } of [manifest.config, ...manifest.layers]) {
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/u);
    const bytes = await readFile(join(world.storeRoot, 'blobs', digest.replace(':', '-')));
    expect(bytes.length).toBe(size);
    expect(`sha256:${sha256(bytes)}`).toBe(digest);
  }
  return manifest;
}

it('is written so that every digest and size of it is true, without copying the weights', async () => {
  const model = await world.addHubModel(
    'acme/tiny-llama-gguf',
    { 'tiny.Q4_K_M.gguf': WEIGHTS, LICENSE: 'do what you like with it' },
    { quantisation: 'Q4_K_M', parameterCount: 1_100_000_000 },
  );
  const plan = await world.plan();
  expect(plan.counts).toMatchObject({ create: 4, conflict: 0, skipped: 0 });
  expect(plan.bytesToWrite).toBeLessThan(2_000);
  expect(plan.choices[0]?.chosen.length).toBeGreaterThan(0);
  const applied = await world.mapper.apply(plan);
  expect(applied.counts).toMatchObject({ created: 4, failed: 0, conflict: 0 });
  const manifest = await expectWhole('hf.co/acme/tiny-llama-gguf/Q4_K_M');
  expect(manifest.layers.map(({ mediaType }) => mediaType)).toEqual([
    'application/vnd.ollama.image.model',
    'application/vnd.ollama.image.license',
  ]);
  const blob = await stat(join(world.storeRoot, 'blobs', `sha256-${sha256(WEIGHTS)}`));
  const source = await stat(join(model.folder, 'tiny.Q4_K_M.gguf'));
  const row = (await world.mapper.linksOf(model.record.id)).find(({ fileSha256 }) => fileSha256 === sha256(WEIGHTS));
  if (row?.strategy === 'hardlink') expect(blob.ino).toBe(source.ino);
  else expect(row?.strategy).toBe('reflink');
  const config = JSON.parse(
    await readFile(join(world.storeRoot, 'blobs', manifest.config.digest.replace(':', '-')), 'utf8'),
  ) as object;
  expect(config).toMatchObject({
    model_format: 'gguf',
    model_family: 'llama',
    model_type: '1.1B',
    file_type: 'Q4_K_M',
  });
});

it('changes nothing the second time, and undo leaves the folder as it was', async () => {
  await world.addHubModel('acme/tiny', { 'a.gguf': WEIGHTS });
  await mkdir(join(world.storeRoot, 'blobs'));
  await writeFile(join(world.storeRoot, 'blobs', `sha256-${'0'.repeat(64)}`), 'of a model that Ollama has pulled');
  const before = await treeOf(world.storeRoot);
  const applied = await world.apply();
  const tree = await treeOf(world.storeRoot);
  const second = await world.apply();
  expect(second.counts).toMatchObject({ created: 0, replaced: 0, removed: 0, conflict: 0, failed: 0, kept: 3 });
  expect(await treeOf(world.storeRoot)).toEqual(tree);
  expect((await world.mapper.check()).map(({ health }) => health)).toEqual(['ok', 'ok', 'ok']);
  await world.mapper.undo(applied);
  expect(await treeOf(world.storeRoot)).toEqual(before);
});

it('writes the bytes before the manifest, and removes the manifest before the bytes', async () => {
  await world.addHubModel('acme/tiny', { 'a.gguf': WEIGHTS });
  const order: string[] = [];
  const { nodeFileSystem } = await import('@modelkeep/io');
  const note = (path: string): void => {
    if (!path.endsWith('-tmp')) order.push(path.includes('manifests') ? 'manifest' : 'blob');
  };
  const mapper = world.open({
    fileSystem: {
      ...nodeFileSystem,
      link: (from, to) => (note(to), nodeFileSystem.link(from, to)),
      unlink: (path) => (note(path), nodeFileSystem.unlink(path)),
    },
  });
  await mapper.apply(await world.plan());
  expect(order.filter((what, index) => what !== order[index - 1])).toEqual(['blob', 'manifest']);
  order.length = 0;
  await mapper.unlinkAll({ app: 'ollama', appRoot: world.storeRoot });
  expect(order.filter((what, index) => what !== order[index - 1])).toEqual(['manifest', 'blob']);
  expect(await readdir(world.storeRoot)).toEqual([]);
});

it('leaves alone what Ollama has itself: a manifest of that name is a conflict, a blob is as good as ours', async () => {
  const model = await world.addHubModel('acme/tiny', { 'a.gguf': WEIGHTS });
  await mkdir(join(world.storeRoot, 'manifests/hf.co/acme/tiny'), { recursive: true });
  await writeFile(join(world.storeRoot, 'manifests/hf.co/acme/tiny/latest'), '{}');
  await mkdir(join(world.storeRoot, 'blobs'));
  const blob = join(world.storeRoot, 'blobs', `sha256-${sha256(WEIGHTS)}`);
  await writeFile(blob, WEIGHTS);
  const applied = await world.apply();
  expect(applied.counts).toMatchObject({ conflict: 1, kept: 1 });
  expect(await readFile(join(world.storeRoot, 'manifests/hf.co/acme/tiny/latest'), 'utf8')).toBe('{}');
  await world.mapper.unlinkModel(model.record.id);
  expect(await readFile(blob, 'utf8')).toBe(WEIGHTS);
  expect(await readFile(join(world.storeRoot, 'manifests/hf.co/acme/tiny/latest'), 'utf8')).toBe('{}');
});

it('keeps bytes that another model needs when the first one goes', async () => {
  const first = await world.addHubModel('acme/tiny', { 'a.gguf': WEIGHTS });
  const second = await world.addHubModel('other/copy', { 'b.gguf': WEIGHTS });
  await world.apply();
  await expectWhole('hf.co/other/copy/latest');
  await world.mapper.unlinkModel(first.record.id);
  await expectWhole('hf.co/other/copy/latest');
  expect(await readdir(join(world.storeRoot, 'manifests/hf.co'))).toEqual(['other']);
  expect((await world.mapper.linksOf(second.record.id)).length).toBe(3);
  world.models.delete(first.record.id);
  expect((await world.apply()).counts).toMatchObject({ created: 0, removed: 0, replaced: 0, conflict: 0, kept: 3 });
  expect((await world.mapper.check()).every(({ health }) => health === 'ok')).toBe(true);
  await world.mapper.unlinkModel(second.record.id);
  expect(await readdir(world.storeRoot)).toEqual([]);
});

it('keeps bytes that a later run needs when the run that brought them is taken back', async () => {
  await world.addHubModel('acme/tiny', { 'a.gguf': WEIGHTS });
  const first = await world.apply();
  await world.addHubModel('other/copy', { 'b.gguf': WEIGHTS });
  const second = await world.apply();
  const undone = await world.mapper.undo(first);
  expect(undone.counts).toMatchObject({ conflict: 0, failed: 0 });
  expect(undone.results.find(({ outcome }) => outcome === 'kept')?.reason?.code).toBe('registered-elsewhere');
  await expectWhole('hf.co/other/copy/latest');
  expect(await readdir(join(world.storeRoot, 'manifests/hf.co'))).toEqual(['other']);
  expect((await world.mapper.check()).every(({ health }) => health === 'ok')).toBe(true);
  await world.mapper.undo(second);
  expect(await readdir(world.storeRoot)).toEqual([]);
});

it('gives two models of one name two tags, and each keeps its own', async () => {
  await world.addHubModel('acme/tiny', { 'a.gguf': WEIGHTS });
  await world.addHubModel('acme/tiny', { 'b.gguf': `${WEIGHTS} of another kind` });
  await world.apply();
  const tags = await readdir(join(world.storeRoot, 'manifests/hf.co/acme/tiny'));
  expect(tags).toHaveLength(2);
  for (const tag of tags) await expectWhole(`hf.co/acme/tiny/${tag}`);
  const [first] = world.list();
  if (first !== undefined) world.models.delete(first.record.id);
  const applied = await world.apply();
  expect(applied.counts).toMatchObject({ created: 0, replaced: 0, conflict: 0 });
  const left = await readdir(join(world.storeRoot, 'manifests/hf.co/acme/tiny'));
  expect(left).toEqual(tags.filter((tag) => tag !== 'latest'));
});

it('puts the vision part into the model, and says why others are not there', async () => {
  const eye = await world.addHubModel(
    'acme/eye',
    { 'mmproj-eye.gguf': 'GGUF the vision part of a model' },
    { type: 'mmproj' },
  );
  await world.addHubModel('acme/eye', { 'eye.gguf': WEIGHTS }, { companions: [{ role: 'mmproj', id: eye.record.id }] });
  const shards = await world.addHubModel('acme/big', {
    'a-00001-of-00002.gguf': 'one of two',
    'a-00002-of-00002.gguf': 'two of two',
  });
  const plan = await world.plan();
  expect(plan.entries.find(({ modelId }) => modelId === shards.record.id)?.reason?.code).toBe('shards-not-supported');
  await world.mapper.apply(plan);
  const manifest = await manifestAt('hf.co/acme/eye/latest');
  expect(manifest.layers.map(({ mediaType }) => mediaType)).toContain('application/vnd.ollama.image.projector');
});

it('does not write what an edited plan says, but only what the library has', async () => {
  await world.addHubModel('acme/tiny', { 'a.gguf': WEIGHTS });
  const plan = await world.plan();
  const forged = plan.entries.map((entry) =>
    entry.folder?.startsWith('manifests/') === true ? { ...entry, source: `sha256:${'a'.repeat(64)}` } : entry,
  );
  const applied = await world.mapper.apply({ ...plan, entries: forged });
  expect(applied.counts).toMatchObject({ created: 2, conflict: 1 });
  const elsewhere = plan.entries.map((entry) => ({
    ...entry,
    folder: entry.folder === 'blobs' ? 'blobs/../..' : entry.folder,
  }));
  await expect(world.mapper.apply({ ...plan, entries: elsewhere })).rejects.toMatchObject({
    code: 'mapper.invalid-plan',
  });
});
