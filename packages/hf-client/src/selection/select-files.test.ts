import { describe, expect, it } from 'vitest';
import { caught } from '../fixtures/caught.ts';
import { variantsOf } from './choose/variants-of.ts';
import { fluxDev, kohyaLora, qwenImage, sd15, sdxlBase, wanRepackaged } from './image-trees.test-data.ts';
import { bartowski, bert, llama, pieces, unsloth, vision, wanGguf } from './language-trees.test-data.ts';
import { selectFiles, type SelectFilesOptions } from './select-files.ts';
import { pathsOf, reasonsOf, select, tree, type Tree } from './tree.test-helper.ts';

const everyTree = {
  fluxDev,
  kohyaLora,
  qwenImage,
  sd15,
  sdxlBase,
  wanRepackaged,
  bartowski,
  bert,
  llama,
  pieces,
  unsloth,
  vision,
  wanGguf,
};

describe('without a wish for weights', () => {
  it('all but hidden files are taken', () => {
    for (const files of Object.values(everyTree)) {
      const { files: taken, left, bytesTotal } = selectFiles(files);
      expect(pathsOf(left)).toEqual(['.gitattributes']);
      expect(taken).toEqual(files.filter(({ path }) => path !== '.gitattributes'));
      expect(bytesTotal).toBe(taken.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
    }
  });

  it('path and globs take exactly what they match, a part of a set too', () => {
    expect(select(fluxDev, { path: 'vae' })).toEqual(['vae/config.json', 'vae/diffusion_pytorch_model.safetensors']);
    expect(select(fluxDev, { path: 'ae.safetensors' })).toEqual(['ae.safetensors']);
    expect(select(fluxDev, { include: ['*.safetensors'], exclude: ['t*/**'] })).toEqual([
      'ae.safetensors',
      'flux1-dev.safetensors',
      'vae/diffusion_pytorch_model.safetensors',
    ]);
    expect(select(llama, { include: ['*-00001-of-00004.*'] })).toEqual(['model-00001-of-00004.safetensors']);
    expect(select(llama, { path: 'model-00001-of-00004.safetensors' })).toHaveLength(1);
    expect(select(sdxlBase, { include: ['.git*'] })).toEqual(['.gitattributes']);
    expect(reasonsOf(fluxDev, { path: 'vae', exclude: ['*.json'] })).toMatchObject({
      'ae.safetensors': 'outside-path',
      'vae/config.json': 'excluded',
    });
    expect(reasonsOf(fluxDev, { include: ['*.md'] })['dev_grid.jpg']).toBe('not-included');
  });
});

describe('the variants of a repo', () => {
  it('tell what each will cost', () => {
    expect(variantsOf(bartowski).map(({ label, sizeBytes }) => [label, sizeBytes / 1e9])).toEqual([
      ['IQ1_M', 23.7],
      ['IQ2_XXS', 25.5],
      ['IQ4_XS', 39.7],
      ['Q3_K_XL', 40.6],
      ['Q4_0', 41.4],
      ['Q4_K_M', 47.4],
      ['Q5_K_M', 54.5],
      ['Q8_0', 77.3],
    ]);
    expect(variantsOf(sdxlBase, { component: 'unet' }).map(({ label }) => label)).toEqual([
      'fp16',
      'flax',
      'safetensors',
      'onnx',
      'openvino',
    ]);
    expect(variantsOf(sd15, { path: 'unet' }).map(({ label }) => label)).toContain('pickle non_ema');
    expect(selectFiles(bartowski, { quantisation: 'Q4_0' }).variants).toEqual(variantsOf(bartowski));
  });

  it.each(Object.entries(everyTree))('of %s are each what their selection selects', (_name, files) => {
    const variants = variantsOf(files);
    expect(variants.length).toBeGreaterThan(0);
    for (const { selection, files: paths, sizeBytes } of variants) {
      const { files: taken, bytesTotal } = selectFiles(files, { ...selection, companions: false });
      expect([pathsOf(taken).toSorted(), bytesTotal]).toEqual([paths.toSorted(), sizeBytes]);
    }
  });

  it('and every selection are plain data', () => {
    const result = selectFiles(sdxlBase, { precision: 'fp16' });
    expect(structuredClone(result)).toEqual(result);
    expect(result.files.length + result.left.length).toBe(sdxlBase.length);
  });
});

describe('a selection that takes nothing', () => {
  const refused = (files: Tree, selection: SelectFilesOptions): ReturnType<typeof caught<'hub.nothing-selected'>> =>
    caught('hub.nothing-selected', (async () => selectFiles(files, selection))());

  it('says what there is', async () => {
    const error = await refused(bartowski, { quantisation: ['Q6_K', 'Q9'], repo: 'bartowski/x' });
    expect(error.facts).toMatchObject({ repo: 'bartowski/x', wanted: { quantisation: ['Q6_K', 'Q9'] } });
    expect(error.facts.offered).toContain('Q5_K_M');
    expect([error.message, error.hint].join()).toMatch(/bartowski\/x.*Q5_K_M/su);
    expect((await refused(sdxlBase, { precision: 'bf16' })).facts.offered).toContain('fp16');
    const noComponent = await refused(sdxlBase, { component: 'transformer' });
    expect(noComponent.facts.components).toContain('unet');
    expect(noComponent.hint).toMatch(/its components are .*unet/u);
  });

  it('of globs shows some of the files', async () => {
    const error = await refused(tree('notes.txt 1 kB'), { include: ['*.gguf'] });
    expect(error.facts).toMatchObject({ include: ['*.gguf'], offered: [] });
    expect(error.hint).toContain('notes.txt');
    expect((await refused([], {})).message).toBe('the selection matches none of the 0 files');
  });

  it('because a glob is empty is told as such', async () => {
    await caught('core.invalid-argument', (async () => selectFiles(fluxDev, { include: [''] }))());
  });
});

it('names of a hostile repo are gone through before the test times out', () => {
  const long = 'q4_k_m-fp16-'.repeat(300);
  const deep = 'unet/'.repeat(800);
  const files = [
    ...Array.from({ length: 20_000 }, (_, index) => ({
      path: `m-Q4_K_M-${index % 7}.gguf/${index}-Q8_0.gguf`,
      sizeBytes: 1,
    })),
    ...Array.from({ length: 500 }, (_, index) => ({ path: `${long}${index}.safetensors`, sizeBytes: 1 })),
    ...Array.from({ length: 500 }, (_, index) => ({ path: `${deep}${index}-00001-of-00002.bin`, sizeBytes: 1 })),
    { path: 'model_index.json', sizeBytes: 1 },
    { path: '__proto__/constructor.safetensors', sizeBytes: 1 },
  ];
  expect(selectFiles(files, { quantisation: 'Q8_0' }).files.length).toBeGreaterThan(19_999);
});
