/** Reads many symbolic links in one go, off this thread: what each says; null for what is none, or is not there. */
export type ReadLinkTexts = (paths: readonly string[], signal?: AbortSignal) => Promise<readonly (string | null)[]>;

const NAMES_AT_ONCE = 5_000;
/** Fewer are read as fast one by one. */
const WORTH_IT = 100;

/** @internal What the links among these names say. Whatever is not told is looked at by itself. */
export async function linkTexts(
  targets: readonly string[],
  { readLinkTexts, signal }: { readonly readLinkTexts: ReadLinkTexts | null; readonly signal: AbortSignal | undefined },
): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  if (readLinkTexts === null || targets.length < WORTH_IT) return texts;
  for (let start = 0; start < targets.length; start += NAMES_AT_ONCE) {
    const some = targets.slice(start, start + NAMES_AT_ONCE);
    const told = await readLinkTexts(some, signal);
    for (const [index, target] of some.entries()) {
      const text = told[index];
      if (typeof text === 'string') texts.set(target, text);
    }
  }
  return texts;
}
