import { readdir, rename } from 'node:fs/promises';
import { buildFluxLora, buildVae, startCivitai, startHub } from '@modelkeep/testing';
import { expect, it } from 'vitest';
import { tempFolder } from '../workspace.test-helper.ts';
import { openWorkspace } from '../workspace/open-workspace.ts';

const lora = buildFluxLora({ scale: 0.02 });
const vae = buildVae({ kind: 'sd', scale: 0.005 });
const broken = Buffer.alloc(2_000, 7);

async function scene() {
  await using parts = new AsyncDisposableStack();
  const folder = parts.use(await tempFolder());
  const repo = (id: string, path: string, content: Uint8Array) => ({ id, files: [{ path, content }] });
  const hub = parts.use(
    await startHub({
      repos: [
        repo('acme/line', 'line.safetensors', lora),
        repo('acme/odd-name', 'weights.safetensors', vae),
        repo('acme/broken', 'lora.safetensors', broken),
      ],
    }),
  );
  const version = { id: 70, files: [{ id: 700, name: 'any.safetensors', content: vae, primary: true }] };
  const site = parts.use(await startCivitai({ models: [{ id: 7, name: 'A vae', type: 'VAE', versions: [version] }] }));
  const library = parts.use(
    await openWorkspace({
      root: folder.join('library'),
      hub: { endpoint: hub.hubUrl },
      civitai: { endpoint: site.siteUrl },
      privateOrigins: 'all',
    }),
  );
  const owned = parts.move();
  return { folder, hub, site, library, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

type Scene = Awaited<ReturnType<typeof scene>>;

async function get({ library }: Scene, reference: string, options = {}): Promise<unknown> {
  const { models } = await library.download(await library.planDownload(reference), options).result;
  const labels = new Map((await library.volumes()).map(({ volumeId, label }) => [volumeId, label]));
  const [model] = models;
  if (model?.place.kind !== 'library') throw new Error('a model of the library is expected');
  return labels.get(model.place.volumeId ?? '') ?? 'first';
}

it('a download goes to the volume of its type, which its header tells, and its parts as well', async () => {
  await using world = await scene();
  const { library, folder, hub } = world;
  await library.addVolume(folder.join('disk'), { label: 'disk', types: ['vae'] });
  expect(await get(world, 'hf:acme/line')).toBe('first');
  // Bytes that are not what they should be are where they would have stayed.
  hub.faults.arm({
    when: { origin: 'cdn', times: 50 },
    fault: { kind: 'flip-bit', offsetBytes: vae.byteLength - 1 },
  });
  await expect(get(world, 'hf:acme/odd-name')).rejects.toMatchObject({ code: 'transfer.integrity' });
  expect(await readdir(folder.join('disk/.modelkeep/quarantine'))).not.toEqual([]);
  hub.faults.clear();
  expect(await get(world, 'hf:acme/odd-name')).toBe('disk');
  expect(await readdir(folder.join('disk/blobs/sha256'))).toHaveLength(1);
  expect(await readdir(folder.join('library/blobs/sha256'))).toHaveLength(1);
  expect(await readdir(folder.join('library/.modelkeep/quarantine')).catch(() => [])).toEqual([]);
});

it('a site that tells the type is believed, and nothing is read for it', async () => {
  await using world = await scene();
  const { library, folder, site } = world;
  await library.addVolume(folder.join('disk'), { label: 'disk', types: ['vae'] });
  const plan = await library.planDownload('civitai:7');
  site.resetRequests();
  await library.download(plan).result;
  const stored = site.requests.filter(({ origin }) => origin === 'cdn').length;
  expect(await readdir(folder.join('disk/blobs/sha256'))).toHaveLength(1);
  expect(stored).toBe(1);
});

it('what cannot be told goes where all else goes; a volume that is named or has the weights comes first', async () => {
  await using world = await scene();
  const { library, folder } = world;
  await library.addVolume(folder.join('disk'), { label: 'disk', types: ['lora'] });
  await library.addVolume(folder.join('other'), { label: 'other', isDefault: true });
  expect(await get(world, 'hf:acme/broken')).toBe('other');
  expect(await get(world, 'hf:acme/odd-name')).toBe('other');
  expect(await get(world, 'hf:acme/line', { volume: 'first' })).toBe('first');
  expect(await get(world, 'civitai:7')).toBe('other');
  await expect(get(world, 'hf:acme/line', { volume: 'nowhere' })).resolves.toBe('first');
});

it('a volume whose quota is used up has no room', async () => {
  await using world = await scene();
  const { library, folder } = world;
  await library.addVolume(folder.join('disk'), { label: 'disk', types: ['lora'] });
  await library.setQuota(10, { volume: 'disk' });
  expect(await get(world, 'hf:acme/line')).toBe('first');
  await rename(folder.join('disk'), folder.join('away'));
  await expect(library.setQuota(10, { volume: 'disk' })).rejects.toMatchObject({ code: 'library.volume-offline' });
});
