import { isId, ModelkeepError, type ModelRecord } from '@modelkeep/core';
import type { LibraryIndex } from '@modelkeep/library-index';
import { isExternalSlug } from '../external/external-slug.ts';
import { isSlug } from '../names/slug.ts';

const ID_PREFIX = /^[0-9a-f-]{4,36}$/;
const SHOWN_IDS = 10;

/**
 * @internal The model that a person means: by its id, a prefix of it that no other id has (four characters or more), or
 * its slug.
 *
 * @throws `library.model-not-found`, `library.ambiguous-id`
 */
export async function resolveReference(index: LibraryIndex, reference: string): Promise<ModelRecord> {
  const exact = isId(reference) ? await index.get(reference) : null;
  if (exact !== null) return exact;
  const bySlug = isSlug(reference) || isExternalSlug(reference) ? await index.bySlug(reference) : null;
  if (bySlug !== null) return bySlug;
  const matches = ID_PREFIX.test(reference) ? await index.byIdPrefix(reference, SHOWN_IDS) : [];
  const [only, another] = matches;
  if (only !== undefined && another === undefined) return only;
  if (only !== undefined) {
    throw new ModelkeepError('library.ambiguous-id', {
      message: `more than one model has an id that starts with ${reference}`,
      facts: { reference, ids: matches.map(({ id }) => id) },
      hint: 'give more characters of the id: models that were added together share their first ones',
    });
  }
  throw new ModelkeepError('library.model-not-found', {
    message: `no model has the id, the start of an id or the slug ${JSON.stringify(reference)}`,
    facts: { reference },
    hint: 'list or search shows the ids and slugs of all models',
  });
}
