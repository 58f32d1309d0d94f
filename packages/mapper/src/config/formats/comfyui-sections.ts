import { isMap, isScalar, parseDocument, type Document } from 'yaml';

/** @internal The section of `extra_model_paths.yaml` that is ours. */
export const OWN_SECTION = 'modelkeep';

/** What a parser does for longer than anybody wants to wait is no list of folders. */
const LARGEST_YAML = 64 * 1024;

/** @internal Why there are no sections. */
export const NO_SECTIONS: string = `it is no YAML with one section after the other, or larger than ${LARGEST_YAML / 1024} KiB`;

/** @internal The sections of `extra_model_paths.yaml`: null for what ComfyUI would not read either, and for YAML that runs into several documents. */
export function readSections(text: string): Record<string, unknown> | null {
  if (text.length > LARGEST_YAML) return null;
  /* The parser compares each key with each one before: that takes minutes for a map of many. */
  const document = parseDocument(text, { schema: 'core', uniqueKeys: false, logLevel: 'silent' });
  if (document.errors.length > 0 || hasKeyTwice(document)) return null;
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

/** Among the sections, or within one of them. */
function hasKeyTwice({ contents }: Document): boolean {
  if (!isMap(contents)) return false;
  return [contents, ...contents.items.map(({ value }) => value)].some((node) => {
    const keys = isMap(node) ? node.items.map(({ key }) => String(isScalar(key) ? key.value : key)) : [];
    return new Set(keys).size < keys.length;
  });
}
