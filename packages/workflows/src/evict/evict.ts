import type { ModelRecord, Operation } from '@modelkeep/core';
import type { EvictOptions, EvictReport, LibraryStore, Stay } from '@modelkeep/library';
import type { RecordedLinks } from '../link/recorded-links.ts';
import { giveUpCopy, lastCopyStay, type FleetOfLibrary } from '../servers/last-copy-stay.ts';
import { createSourceStay, type SourceContext } from './source-stay.ts';

/** How room is made in a library with its links. */
export interface EvictRequest extends EvictOptions {
  /**
   * Whether the source of each model is asked first if it still has its files. Without it what the metadata says of sources
   * is believed. @default true
   */
  readonly checkSources?: boolean | undefined;
}

/** @internal What {@link evict} works with. */
export interface EvictContext extends SourceContext {
  readonly store: LibraryStore;
  readonly links: Pick<RecordedLinks, 'linksOf'>;
  readonly fleet: FleetOfLibrary;
}

/** @internal Gives up the files of models that no app on this machine links to, and that the others have or can have. */
export function evict(context: EvictContext, request: EvictRequest): Operation<EvictReport> {
  const { checkSources = true, ...options } = request;
  const sourceStay = createSourceStay(context);
  const asksSources = checkSources && request.unfetchable !== true;
  const linked = (model: ModelRecord, signal?: AbortSignal): Promise<Stay | null> => linkStay(context, model, signal);
  return context.store.evict({
    ...options,
    stays: {
      plan: async (model, signal) =>
        (await linked(model, signal)) ??
        (await lastCopyStay(context.fleet, model, signal)) ??
        (asksSources ? await sourceStay(model, signal) : null),
      now: async (model, signal) => (await linked(model, signal)) ?? giveUpCopy(context.fleet, model, signal),
    },
  });
}

async function linkStay({ links }: EvictContext, { id }: ModelRecord, signal?: AbortSignal): Promise<Stay | null> {
  const [link] = await links.linksOf(id, { signal });
  return link === undefined ? null : { why: 'linked', detail: `${link.target} leads to it` };
}
