import { dirname, join } from 'node:path';
import { serialiseError, silentLogger, systemClock, type Clock, type Logger } from '@modelkeep/core';
import type { Sqlite } from '@modelkeep/sqlite';
import type { SecretStore } from '../ports/secret-store.ts';
import type { OpenedState, SharedState } from '../ports/shared-state.ts';
import { createFileSecretStore } from '../secrets/file-secret-store.ts';
import { createTokenValues } from '../secrets/token-values.ts';
import { createSubscriptions } from '../subscriptions.ts';
import { createChangeTicker } from './change-ticker.ts';
import { followChanges } from './follow-changes.ts';
import { resetState } from './reset-state.ts';
import { sqliteDeclared } from './sqlite-declared.ts';
import { sqliteManifest } from './sqlite-manifest.ts';
import { sqliteProgress } from './sqlite-progress.ts';
import { sqliteRepos } from './sqlite-repos.ts';
import { sqliteTokens } from './sqlite-tokens.ts';
import { openStateFile } from './state-file.ts';

/** How shared state on SQLite is opened. */
export interface OpenSqliteStateOptions {
  readonly sqlite: Sqlite;
  /** The database, which others may share: absolute; its folder has to be there. */
  readonly path: string;
  /** Whose state it is. */
  readonly libraryId: string;
  /** Works on a read-only drive, where the file was made by somebody else. @default false */
  readonly readOnly?: boolean | undefined;
  /** @default files that only their owner may read, in the folder `secrets` beside the database */
  readonly secretStore?: SecretStore | undefined;
  readonly clock?: Clock | undefined;
  readonly logger?: Logger | undefined;
}

/**
 * Opens the state that the processes of one machine share.
 *
 * A power loss may take what was committed last, and leaves a whole file; a process that is killed takes nothing along.
 *
 * @throws `sqlite.schema-newer`, `sqlite.schema-older` (read-only), `sqlite.locked`, `io.*`. A damaged file is set aside,
 * and a new one is begun
 */
export async function openSqliteState(options: OpenSqliteStateOptions): Promise<OpenedState> {
  const { sqlite, path, libraryId, readOnly = false, clock = systemClock, logger = silentLogger } = options;
  const file = await openStateFile({ sqlite, path, readOnly, clock, logger });
  const now = (): string => new Date(clock.now()).toISOString();
  const context = { file, libraryId, now };
  const secrets = options.secretStore ?? createFileSecretStore(join(dirname(path), 'secrets'));
  const { noteUse, ...tokens } = sqliteTokens({ ...context, secrets });
  const tokenValues = createTokenValues({ secrets, noteUse: readOnly ? async () => {} : noteUse, logger });
  const ticker = createChangeTicker(file);
  const subscriptions = createSubscriptions(
    (since, signal) => followChanges({ ...context, ticker }, { ...since, signal }),
    logger,
  );

  for (const { origin } of await tokens.list()) {
    await tokenValues.refresh(origin).catch((error: unknown) => {
      logger.warn('a token could not be read', { origin, error: serialiseError(error).message });
    });
  }
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> =>
    (closing ??= (async () => {
      await subscriptions.close();
      await tokenValues.idle();
      await file.close();
    })());
  const state: SharedState = {
    engine: 'sqlite',
    libraryId,
    declared: sqliteDeclared(context),
    manifest: sqliteManifest(context),
    progress: sqliteProgress(context),
    repos: sqliteRepos(context),
    tokens: {
      ...tokens,
      async set(token, call) {
        const facts = await tokens.set(token, call);
        await tokenValues.refresh(facts.origin);
        return facts;
      },
      async delete(origin, call) {
        const wasThere = await tokens.delete(origin, call);
        await tokenValues.refresh(new URL(origin).origin);
        return wasThere;
      },
    },
    changes: (since) => subscriptions.changes(since),
    subscribe: (listener, since) => subscriptions.subscribe(listener, since),
    backup: (call) => file.backUp(call),
    reset: (call) => resetState(file, call),
    close,
    [Symbol.asyncDispose]: close,
  };
  return { state, tokenValues: { valueFor: (origin) => tokenValues.valueFor(origin) } };
}
