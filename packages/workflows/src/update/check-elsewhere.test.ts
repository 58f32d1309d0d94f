import { readFile, rename, writeFile } from 'node:fs/promises';
import { buildFluxLora, startHub, textBytes } from '@modelkeep/testing';
import { expect, it } from 'vitest';
import { tempFolder } from '../workspace.test-helper.ts';
import { openWorkspace } from '../workspace/open-workspace.ts';

const SLUG = 'lora/flux1/line';

it('a file whose git hash is not known is compared where its volume is, and not fetched while that is away', async () => {
  await using folder = await tempFolder();
  const files = [
    { path: 'line.safetensors', content: buildFluxLora({ scale: 0.02 }) },
    { path: 'README.md', content: textBytes('first') },
  ];
  await using hub = await startHub({ repos: [{ id: 'acme/line', files }] });
  const open = () => openWorkspace({ root: folder.join('library'), hub: { endpoint: hub.hubUrl } });
  {
    await using library = await open();
    await library.addVolume(folder.join('disk'), { label: 'disk' });
    await library.download(await library.planDownload('hf:acme/line'), { volume: 'disk' }).result;
    const path = folder.join('disk', SLUG, 'metadata.json');
    const metadata = JSON.parse(await readFile(path, 'utf8')) as { files: { gitSha1: string | null }[] };
    for (const file of metadata.files) file.gitSha1 = null;
    await writeFile(path, JSON.stringify(metadata));
    await library.rebuildIndex();
    expect((await library.checkUpdates().result).models).toMatchObject([{ slug: SLUG, state: 'current' }]);
    await hub.commit('acme/line', { files: [{ path: 'README.md', content: textBytes('other') }] });
    expect((await library.checkUpdates().result).models).toMatchObject([
      { state: 'outdated', changes: [{ path: 'README.md', change: 'changed' }] },
    ]);
  }
  await rename(folder.join('disk'), folder.join('away'));
  await using library = await open();
  expect((await library.checkUpdates().result).models).toMatchObject([{ state: 'current', bytesToFetch: 0 }]);
});
