import { fluxLoraMetadata, sdxlLoraMetadata } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { trainingDetails } from './training-details.ts';
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

describe('trainers', () => {
  it('say what they trained, OneTrainer in its configuration', () => {
    const config = { training_method: 'LORA', model_type: 'STABLE_DIFFUSION_XL_10_BASE', lora_rank: 16 };
    expect(claimsOf({ ot_config: JSON.stringify(config) })).toMatchObject({ type: 'lora', family: 'sdxl' });
    for (const broken of ['{', 'null', '[]', '"x"', '{"training_method":1}', 'x'.repeat(2_000_000)]) {
      expect(claimsOf({ ot_config: broken })).toMatchObject({ type: null, family: null });
    }
  });

  it('note how, and no hash of nothing', () => {
    const metadata = {
      ss_network_dim: '16',
      ss_network_alpha: '8.0',
      ss_clip_skip: 'None',
      ss_sd_model_name: 'base.safetensors',
      ss_training_finished_at: '1700000000.5',
      ss_tag_frequency: JSON.stringify({ '10_a': { ink: 3, line: 9 }, '1_b': { ink: 8, odd: 'x' }, c: 7 }),
      sshs_model_hash: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      'modelspec.hash_sha256': `0x${'ab'.repeat(32)}`,
    };
    expect(trainingDetails(new Map(Object.entries(metadata)))).toEqual({
      networkDimension: 16,
      networkAlpha: 8,
      trainedOn: 'base.safetensors',
      finishedAt: '2023-11-14T22:13:20.500Z',
      frequentTags: ['ink', 'line'],
      claimedSha256: `0x${'ab'.repeat(32)}`,
    });
    expect(trainingDetails(new Map([['ss_tag_frequency', '{']]))).toBeNull();
  });
});
