import { modelTypes } from '@modelkeep/core';
import { describe, expect, it } from 'vitest';
import { appProfiles } from './app-profiles.ts';
import { comfyui } from './comfyui.ts';
import { parseAppProfile } from './parse-profile.ts';

describe('the profiles of this package', () => {
  it.each(appProfiles.map((profile) => [profile.id, profile] as const))(
    '%s is valid, also after JSON',
    async (_id, profile) => {
      expect(await parseAppProfile(JSON.parse(JSON.stringify(profile)))).toEqual(profile);
    },
  );

  it.each(appProfiles.map((profile) => [profile.id, profile] as const))(
    '%s says something about every type of model',
    (_id, profile) => {
      const mapped = profile.rules.flatMap(({ types }) => types);
      const unmapped = profile.unmapped.flatMap(({ types }) => types);
      expect(new Set([...mapped, ...unmapped])).toEqual(new Set(modelTypes));
      expect(unmapped.filter((type) => mapped.includes(type))).toEqual([]);
    },
  );

  it('has the folders of ComfyUI', () => {
    const folders = comfyui.rules.flatMap((rule) => rule.folders.map(({ path }) => path));
    expect(folders).toEqual([
      'models/checkpoints',
      'models/diffusion_models',
      'models/unet',
      'models/text_encoders',
      'models/clip',
      'models/loras',
      'models/vae',
      'models/clip_vision',
      'models/controlnet',
      'models/style_models',
      'models/embeddings',
      'models/hypernetworks',
      'models/upscale_models',
      'models/gligen',
      'models/photomaker',
      'models/audio_encoders',
      'models/facerestore_models',
      'models/ipadapter',
      'models/animatediff_models',
      'models/diffusers',
    ]);
  });
});
