import type { Logger } from '@modelkeep/core';
import { relinkModel, type RelinkContext } from './relink-model.ts';

/**
 * @internal Leads the links of apps to models that recovery has given another place, and to drives that are mounted elsewhere:
 * now what the opening found, later what drives bring that come back. A link that cannot be led is one that `checkLinks`
 * tells, and keeps nobody from the models.
 */
export async function followMoved(context: RelinkContext & { readonly logger: Logger }): Promise<void> {
  const { store, mapper, logger } = context;
  const follow = async (ids: readonly string[]): Promise<void> => {
    for (const id of ids) {
      await relinkModel(context, id).catch((error: unknown) =>
        logger.warn('links to a model that has got another place were not led there', { id, error: String(error) }),
      );
    }
    // Who only reads changes nothing in apps.
    if (mapper === null || store.mode === 'read') return;
    await mapper
      .followPlaces(store.places())
      .catch((error: unknown) =>
        logger.warn('links to a drive that is mounted elsewhere were not led there', { error: String(error) }),
      );
  };
  await follow(store.recovery?.moved ?? []);
  store.whenMoved(follow);
}
