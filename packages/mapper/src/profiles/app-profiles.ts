import type { AppProfile } from './app-profile.ts';
import { comfyui } from './comfyui.ts';

/** The apps that are known without a plugin. */
export const appProfiles: readonly AppProfile[] = [comfyui];
