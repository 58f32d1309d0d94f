import { fluxLoraMetadata, sdxlLoraMetadata } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { safetensorsClaims } from './safetensors-claims.ts';

const claimsOf = (metadata: Readonly<Record<string, string>>) => safetensorsClaims(new Map(Object.entries(metadata)));

describe('safetensorsClaims', () => {
  it('reads the model specification', () => {
    expect(claimsOf(sdxlLoraMetadata)).toEqual({
      name: 'Watercolour',
      type: 'lora',
      family: 'sdxl',
      baseModel: 'SDXL 1.0',
      variant: null,
      description: 'Soft watercolour washes',
      tags: ['style', 'watercolour'],
      triggerWords: ['watercolour painting'],
      licence: 'CreativeML Open RAIL++-M',
    });
  });

  it('reads what kohya’s trainer writes', () => {
    expect(claimsOf(fluxLoraMetadata)).toMatchObject({
      name: 'thickline',
      type: 'lora',
      family: 'flux1',
      baseModel: null,
      tags: null,
    });
    expect(claimsOf({ ss_v2: 'True' })).toMatchObject({ family: 'sd2' });
    expect(claimsOf({ 'modelspec.prediction_type': 'v' })).toMatchObject({ variant: 'v-prediction' });
  });

  it('claims nothing for nothing, placeholders and unknown words', () => {
    const nothing = {
      name: null,
      type: null,
      family: null,
      baseModel: null,
      variant: null,
      description: null,
      tags: null,
      triggerWords: null,
      licence: null,
    };
    expect(claimsOf({})).toEqual(nothing);
    const odd = {
      'modelspec.title': ' \u0000 ',
      'modelspec.description': 'None',
      'modelspec.architecture': '__proto__/constructor',
      'modelspec.tags': ' , ,',
    };
    expect(claimsOf(odd)).toEqual(nothing);
  });

  it('bounds texts and takes out control and direction characters', () => {
    const { name, tags } = claimsOf({
      'modelspec.title': `a\u001b[31m\u202e${'b'.repeat(1000)}`,
      'modelspec.tags': 'x,'.repeat(1000) + 'y',
    });
    expect(name).toHaveLength(256);
    expect(name).toMatch(/^a\[31mb+$/);
    expect(tags).toEqual(['x']);
  });

  it('does not mix a base model of one source with the family of another', () => {
    expect(claimsOf({ 'modelspec.architecture': 'flux-1', ss_base_model_version: 'sdxl_base_v1-0' })).toMatchObject({
      family: 'flux1',
      baseModel: null,
    });
  });
});
