import { isId, ModelkeepError, type ModelRecord } from '@modelkeep/core';
import type { LibraryIndex } from '@modelkeep/library-index';
import { isExternalSlug } from '../external/external-slug.ts';
import { isSlug } from '../names/slug.ts';

const ID_PREFIX = /^[0-9a-f-]{4,36}$/;
const SHOWN = 10;

/**
 * @internal The model that a person means: by its id or a former one, its slug, a prefix of its id (four characters or more), or its name.
 * One that answers to a prefix or a name is meant only if no other one does, other than older versions of it by its name.
 *
 * @throws `library.model-not-found`, `library.ambiguous-id`
 */
export async function resolveReference(index: LibraryIndex, reference: string): Promise<ModelRecord> {
  const exact = isId(reference) ? await index.get(reference) : null;
  if (exact !== null) return exact;
  const bySlug = isSlug(reference) || isExternalSlug(reference) ? await index.bySlug(reference) : null;
  if (bySlug !== null) return bySlug;
  const joined = isId(reference) ? await index.byFormerId(reference) : null;
  if (joined !== null) return joined;
  const byId = ID_PREFIX.test(reference) ? await index.byIdPrefix(reference, SHOWN) : [];
  const byName = newestOf(await index.byName(reference, SHOWN));
  const matches = [...new Map([...byId, ...byName].map((model) => [model.id, model])).values()].slice(0, SHOWN);
  const [only, another] = matches;
  if (only !== undefined && another === undefined) return only;
  if (only !== undefined) throw ambiguous(reference, matches);
  throw new ModelkeepError('library.model-not-found', {
    message: `no model has the id, the start of an id, the slug or the name ${JSON.stringify(reference)}`,
    facts: { reference },
    hint: 'list or search shows the ids, slugs and names of all models',
  });
}

/** Versions of one model share its name: the newest is meant. */
function newestOf(models: readonly ModelRecord[]): readonly ModelRecord[] {
  const replaced = new Set(models.map(({ supersedes }) => supersedes));
  return models.filter(({ id }) => !replaced.has(id));
}

function ambiguous(reference: string, matches: readonly ModelRecord[]): ModelkeepError {
  return new ModelkeepError('library.ambiguous-id', {
    message: `more than one model has the name ${JSON.stringify(reference)} or an id that starts with it`,
    facts: { reference, ids: matches.map(({ id }) => id), slugs: matches.map(({ slug }) => slug) },
    hint: 'give the slug, or more characters of the id: models that were added together share their first ones',
  });
}
