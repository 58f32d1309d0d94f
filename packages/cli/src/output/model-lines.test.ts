import type { ModelRecord } from '@modelkeep/core';
import { expect, it } from 'vitest';
import { modelTable } from './model-lines.ts';

it('lists models by slug, and says the name of those outside the library', () => {
  const common = {
    type: 'lora',
    family: 'flux1',
    quantisation: null,
    precision: 'bf16',
    sizeBytes: 4_330_480,
  } as const;
  const within = { ...common, id: '1', slug: 'lora/flux1/line', officialName: 'Line', place: { kind: 'library' } };
  const place = { kind: 'external', volumeId: null, path: '/apps/ComfyUI', missing: [] };
  const outside = { ...common, id: '2', slug: 'external/2', officialName: 'Line art', place };
  expect(modelTable([within, outside] as unknown as ModelRecord[]).split('\n')).toEqual([
    'ID  TYPE  FAMILY  PRECISION  SIZE    SLUG',
    '1   lora  flux1   bf16       4.3 MB  lora/flux1/line',
    '2   lora  flux1   bf16       4.3 MB  external/2  Line art',
  ]);
});
