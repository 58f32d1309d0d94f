import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildPickleCheckpoint } from '@modelkeep/testing';
import { expect, it } from 'vitest';
import { openTestStore, tempFolder } from '../open-store.test-helper.ts';
import { writeRepo } from '../repo.test-helper.ts';

it('a pipeline that has parts twice, as safetensors and as pickles, is what its parts are, and as safe as the worst', async () => {
  await using folder = await tempFolder();
  await using store = await openTestStore({ root: join(folder.path, 'library') });
  const source = join(folder.path, 'tiny-diffusers');
  await writeRepo(source, 'acme/tiny-diffusers');
  await writeFile(join(source, 'vae', 'diffusion_pytorch_model.bin'), buildPickleCheckpoint({ tensors: { a: 4 } }));
  await writeFile(join(source, 'transformer', 'diffusion_pytorch_model.bin'), 'cos\nsystem\n)R.');
  const { models, errors } = await store.import([source]).result;
  expect(errors).toEqual([]);
  expect(models).toMatchObject([
    {
      type: 'checkpoint',
      family: 'flux1',
      format: 'diffusers',
      safety: { verdict: 'dangerous', findings: [{ global: 'os.system' }] },
    },
  ]);
  const path = join(store.folderOf(models[0] ?? { slug: '' }), 'metadata.json');
  const { layers } = JSON.parse(await readFile(path, 'utf8')) as {
    readonly layers: { readonly scan: { readonly evidence: readonly string[] } };
  };
  expect(layers.scan.evidence).toEqual(
    expect.arrayContaining([
      'model_index.json names its parts',
      expect.stringMatching(
        /^transformer\/diffusion_pytorch_model\.safetensors: diffusion-model, bf16, [\d,]+ parameters$/,
      ),
      expect.stringMatching(/^vae\/diffusion_pytorch_model\.bin: unknown/),
    ]),
  );
});
