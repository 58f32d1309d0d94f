import { systemCodeOf } from '@modelkeep/io';
import type { RegisteredLink } from '../registry/link-row.ts';
import { mapWithLimit } from '../support/map-with-limit.ts';
import type { MapperContext } from '../mapper-context.ts';
import type { LinkScope } from './recover-links.ts';

/** Whether a link is as it was recorded, and leads to something. */
export type LinkHealth =
  /** As recorded, and the model's file is there. */
  | 'ok'
  /** As recorded, but it leads to nothing: the model is gone, was moved, or its drive is not connected. */
  | 'broken'
  /** Something else is there now. It is never touched. */
  | 'foreign'
  /** Nothing is there. */
  | 'missing';

/** A recorded link and its health. */
export interface CheckedLink {
  readonly link: RegisteredLink;
  readonly health: LinkHealth;
}

/** @internal */
export async function checkLinks(
  { links, strategy, fileSystem }: MapperContext,
  scope: LinkScope,
): Promise<readonly CheckedLink[]> {
  const { app, appRoot, signal } = scope;
  const recorded = await links.list({ app, appRoot }, signal);
  const healthOf = async ({ target, source }: RegisteredLink): Promise<LinkHealth> => {
    const state = await strategy.read(target);
    if (state.kind === 'absent') return 'missing';
    if (state.kind !== 'link' || state.source !== source) return 'foreign';
    try {
      await fileSystem.stat(target);
      return 'ok';
    } catch (error) {
      if (systemCodeOf(error) === undefined) throw error;
      return 'broken';
    }
  };
  return mapWithLimit(recorded, {
    limit: 8,
    run: async (link) => {
      signal?.throwIfAborted();
      return { link, health: await healthOf(link) };
    },
  });
}
