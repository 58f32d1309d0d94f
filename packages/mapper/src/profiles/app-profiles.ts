import type { AppProfile } from './app-profile.ts';
import { automatic1111 } from './automatic1111.ts';
import { comfyui } from './comfyui.ts';
import { fooocus } from './fooocus.ts';
import { forge } from './forge.ts';
import { invokeai } from './invokeai.ts';
import { jan } from './jan.ts';
import { kohya } from './kohya.ts';
import { llamaCpp } from './llama-cpp.ts';
import { lmStudio } from './lm-studio.ts';
import { ollama } from './ollama.ts';
import { reforge } from './reforge.ts';
import { sdnext } from './sdnext.ts';
import { swarmui } from './swarmui.ts';
import { textGenerationWebui } from './text-generation-webui.ts';
import { transformers } from './transformers.ts';

/** The apps that are known without a plugin. */
export const appProfiles: readonly AppProfile[] = [
  comfyui,
  automatic1111,
  forge,
  reforge,
  sdnext,
  swarmui,
  fooocus,
  invokeai,
  kohya,
  lmStudio,
  ollama,
  jan,
  llamaCpp,
  textGenerationWebui,
  transformers,
];
