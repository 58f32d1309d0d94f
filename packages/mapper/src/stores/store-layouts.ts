import type { AppProfile } from '../profiles/app-profile.ts';
import type { StoreFormat } from '../profiles/mapping-way.ts';
import { huggingFaceLayout } from './hugging-face-layout.ts';
import { lmStudioLayout } from './lm-studio-layout.ts';
import { ollamaLayout } from './ollama-layout.ts';
import type { StoreLayout } from './store-layout.ts';

const layouts: Readonly<Record<StoreFormat, StoreLayout>> = {
  ollama: ollamaLayout,
  'hugging-face': huggingFaceLayout,
  'lm-studio': lmStudioLayout,
};

/** @internal The layout of an app's store; null for an app that is mapped in another way. */
export function storeLayoutOf({ way }: Pick<AppProfile, 'way'>): StoreLayout | null {
  return way.kind === 'store' ? layouts[way.format] : null;
}
