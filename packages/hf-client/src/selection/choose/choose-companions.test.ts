import { describe, expect, it } from 'vitest';
import { kohyaLora, qwenImage } from '../image-trees.test-data.ts';
import { reasonsOf, select, tree } from '../tree.test-helper.ts';

describe('companions', () => {
  it('of a part are its config and its index', () => {
    expect(select(qwenImage, { component: 'transformer' })).toEqual([
      'transformer/config.json',
      'transformer/diffusion_pytorch_model-00001-of-00002.safetensors',
      'transformer/diffusion_pytorch_model-00002-of-00002.safetensors',
      'transformer/diffusion_pytorch_model.safetensors.index.json',
    ]);
  });

  it('of a LoRA are its sidecars, no samples and no training state', () => {
    expect(select(kohyaLora, { format: 'safetensors', exclude: ['*-0000??.safetensors'] })).toEqual([
      'README.md',
      'thick_line.json',
      'thick_line.preview.png',
      'thick_line.safetensors',
    ]);
    expect(reasonsOf(kohyaLora, { format: 'safetensors' })).toMatchObject({
      'sample/thick_line_000500_00.png': 'not-needed',
      'training/optimizer.pt': 'training-state',
    });
  });

  it('of weights that are left are left', () => {
    const files = tree(`a-fp16.json 1 kB
      a-fp16.safetensors 1 GB
      a-fp8.json 1 kB
      a-fp8.safetensors 1 GB`);
    expect(select(files, { precision: 'fp8' })).toEqual(['a-fp8.json', 'a-fp8.safetensors']);
  });

  it('of a single file beside a pipeline are not those of the pipeline', () => {
    const files = tree(`model_index.json 1 kB
      big-fp8.safetensors 1 GB
      unet/config.json 1 kB
      unet/diffusion_pytorch_model.safetensors 1 GB`);
    expect(select(files, { precision: 'fp8' })).toEqual(['big-fp8.safetensors']);
  });

  it('find the index of a precision in both spellings', () => {
    for (const index of ['model.safetensors.index.fp16.json', 'model.fp16.safetensors.index.json']) {
      const files = tree(`model-00001-of-00002.safetensors 1 GB
        model-00002-of-00002.safetensors 1 GB
        model.fp16-00001-of-00002.safetensors 1 GB
        model.fp16-00002-of-00002.safetensors 1 GB
        ${index} 9 kB
        model.safetensors.index.json 9 kB`);
      expect(select(files, { precision: 'fp16' })).toEqual([
        'model.fp16-00001-of-00002.safetensors',
        'model.fp16-00002-of-00002.safetensors',
        index,
      ]);
      expect(select(files, { format: 'safetensors' })).toEqual([
        'model-00001-of-00002.safetensors',
        'model-00002-of-00002.safetensors',
        'model.safetensors.index.json',
      ]);
    }
  });
});
