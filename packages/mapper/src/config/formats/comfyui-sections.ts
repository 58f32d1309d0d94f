import { parseDocument } from 'yaml';

/** @internal The section of `extra_model_paths.yaml` that is ours. */
export const OWN_SECTION = 'modelkeep';

/** @internal The sections of `extra_model_paths.yaml`: null for what ComfyUI would not read either, and for YAML that runs into several documents. */
export function readSections(text: string): Record<string, unknown> | null {
  const document = parseDocument(text, { schema: 'core', uniqueKeys: true, logLevel: 'silent' });
  if (document.errors.length > 0) return null;
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    if (value === null || value === undefined) return {};
    if (typeof value !== 'object' || Array.isArray(value)) return null;
    return { ...value };
  } catch (error) {
    if (error instanceof ReferenceError) return null;
    throw error;
  }
}
