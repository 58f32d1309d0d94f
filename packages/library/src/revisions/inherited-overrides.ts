import { isModelkeepError, type ModelMetadata, type ModelOverrides } from '@modelkeep/core';
import { readModel } from '../models/walk-models.ts';
import type { StoreContext } from '../store-context.ts';

/** A version that cannot be read has nothing to pass on, and stays as it is. */
const unreadable = ['io.not-found', 'library.corrupt-metadata', 'core.format-newer'] as const;

/**
 * @internal What a person has said of the version that a new one takes the place of: it holds for the new one as well, but
 * where its links lead.
 */
export async function inheritedOverrides(
  context: StoreContext,
  { supersedes }: Pick<ModelMetadata, 'supersedes'>,
): Promise<ModelOverrides> {
  const older = supersedes === undefined ? null : await context.index.get(supersedes);
  if (older === null) return {};
  try {
    const { metadata, overrides } = await readModel(context.fileSystem, context.layout, older.slug);
    if (metadata.id !== supersedes) return {};
    const { follow: _follow, ...others } = overrides;
    return others;
  } catch (error) {
    if (unreadable.some((code) => isModelkeepError(error, code))) return {};
    throw error;
  }
}
