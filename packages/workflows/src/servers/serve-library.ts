import { createOutage, isModelkeepError, serialiseError, type Clock } from '@modelkeep/core';
import { keepOn } from './keep-on.ts';
import type { ServeOptions, Serving, SyncInventoryOptions } from './library-servers.ts';
import { ownRegistration, type SyncContext } from './sync-library.ts';

const SILENT_MS = 60_000;
/** After a change of the library there are mostly more. */
const SETTLE_MS = 200;

/** @internal */
export interface ServeContext extends SyncContext {
  readonly clock: Clock;
  readonly sync: (options: SyncInventoryOptions) => Promise<unknown>;
}

/** @internal Says what the library is and has, and again whenever that changes. A store that is away is waited for. */
export async function serveLibrary(
  context: ServeContext,
  { registration = {}, heartbeatMs, load, signal }: ServeOptions & { readonly signal: AbortSignal },
): Promise<Serving> {
  const { servers, ownId, store, clock, logger, sync } = context;
  const stop = new AbortController();
  const stopped = AbortSignal.any([signal, stop.signal]);
  const everyMs = heartbeatMs ?? (registration.silentAfterMs ?? SILENT_MS) / 3;
  const register = async (): Promise<unknown> =>
    servers.register({ ...ownRegistration(ownId), ...registration, id: ownId }, { signal: stopped });
  await register();
  await sync({ signal: stopped });

  const outage = createOutage({
    logger,
    clock,
    message: 'the servers are not told',
    over: 'the servers are told again',
    facts: { serverId: ownId },
  });
  const beat = async (): Promise<void> => {
    for (;;) {
      await clock.sleep(everyMs, stopped);
      await servers.heartbeat(ownId, load?.() ?? {}, { signal: stopped });
      outage.answered('beat');
    }
  };
  const follow = async (): Promise<void> => {
    for await (const _ of store.index.watch({ signal: stopped })) {
      await clock.sleep(SETTLE_MS, stopped);
      await sync({ signal: stopped });
      outage.answered('follow');
    }
  };
  const tellAgain = async (work: string, failure: unknown): Promise<void> => {
    outage.failed(work, serialiseError(failure).message);
    // Somebody may have removed it meanwhile.
    if (isModelkeepError(failure, 'fleet.not-found')) await register();
  };
  const ended = Promise.all(
    Object.entries({ beat, follow }).map(([name, work]) =>
      keepOn({ work, stopped, clock, onFailure: (failure) => tellAgain(name, failure) }),
    ),
  ).then(() => undefined);
  const close = async (): Promise<void> => {
    stop.abort();
    await ended;
  };
  return { serverId: ownId, ended, close, [Symbol.asyncDispose]: close };
}
