import type { LoadSafety, ModelMetadata } from '@modelkeep/core';
import { loadSafetySchema } from '@modelkeep/core/schemas';

/**
 * @internal What the scan said about loading a model, from its layer. What stands there and cannot be read is a verdict
 * of a later version, or was tampered with: nothing is known then.
 */
export function safetyOf({ layers }: Pick<ModelMetadata, 'layers'>): LoadSafety | null {
  const stated = layers.scan?.extra?.['safety'];
  if (stated === undefined) return null;
  const parsed = loadSafetySchema.safeParse(stated);
  return parsed.success ? parsed.data : unreadable;
}

const unreadable: LoadSafety = {
  verdict: 'unscanned',
  findings: [
    {
      severity: 'unscanned',
      reason: 'the verdict in metadata.json cannot be read',
      global: null,
      offset: 0,
      member: null,
      file: null,
    },
  ],
  rulesVersion: 0,
};
