import { createHash } from 'node:crypto';
import { serialiseError, silentLogger, systemClock, type Clock } from '@modelkeep/core';
import {
  checkName,
  createSubscriptions,
  createTokenValues,
  type OpenedState,
  type Servers,
  type SharedState,
} from '@modelkeep/fleet';
import type { JobStore } from '@modelkeep/jobs';
import type { PostgresOptions } from '../connection/pool-options.ts';
import { openConnection, type PostgresConnection } from '../connection/postgres-connection.ts';
import { followChanges } from '../feed/follow-changes.ts';
import { readPage } from '../feed/read-page.ts';
import { startListener, type Listener } from '../feed/listener.ts';
import { createNotifier } from '../feed/notifier.ts';
import { trimMarks } from '../feed/trim-marks.ts';
import { openPostgresJobs } from '../jobs/open-postgres-jobs.ts';
import { trimJobChanges } from '../jobs/job-feed.ts';
import { migrate } from '../schema/migrate.ts';
import { postgresServers } from '../servers/postgres-servers.ts';
import { postgresTokens } from '../tokens/postgres-tokens.ts';
import { readTokenKey, type TokenKey } from '../tokens/token-key.ts';
import { backUpState, resetState } from './backup-state.ts';
import { postgresDeclared } from './declared.ts';
import { postgresManifest } from './manifest.ts';
import { postgresProgress } from './progress.ts';
import { postgresRepos } from './repos.ts';

/** How shared state on Postgres is opened. */
export interface OpenPostgresStateOptions extends PostgresOptions {
  /** Whose state it is: each library has rows of its own. */
  readonly libraryId: string;
  /**
   * What tokens are encrypted with: 32 bytes, or a passphrase of 16 characters or more. The same for all who share them.
   * @default none: tokens are refused, and those that are there are not read
   */
  readonly tokenKey?: Uint8Array | string | undefined;
  /** @default the clock of the system */
  readonly clock?: Clock | undefined;
  /** Gives up opening. */
  readonly signal?: AbortSignal | undefined;
}

/** What opening gives: everything on the connections of one pool, which end when the state is closed. */
export interface OpenedPostgres extends OpenedState {
  /** Which servers there are, and which has which model. */
  readonly servers: Servers;
  /** The queue of the library, for all machines that have it open. */
  readonly jobs: JobStore;
}

/**
 * Opens the state that machines share through a Postgres, and makes its tables or brings them up to date.
 *
 * While the server is away calls fail with `postgres.unavailable`, and the feed of changes waits; both go on when it is back.
 *
 * @throws `postgres.unavailable`, `postgres.denied`, `postgres.schema-newer`, `postgres.unsupported`, `core.invalid-argument`
 *
 * @example
 * ```ts
 * import { openPostgresState } from '@modelkeep/postgres';
 *
 * const { state } = await openPostgresState({
 *   connectionString: 'postgres://modelkeep:secret@db.example/modelkeep',
 *   libraryId: '0192f0c1-2f3a-7c44-9d41-3a5b6c7d8e9f',
 *   tokenKey: process.env.MODELKEEP_TOKEN_KEY,
 * });
 * for await (const { changes } of state.changes({ topics: ['progress'], libraries: 'all' })) console.log(changes);
 * ```
 */
export async function openPostgresState(options: OpenPostgresStateOptions): Promise<OpenedPostgres> {
  const { clock = systemClock, logger = silentLogger, signal } = options;
  const libraryId = checkName(options.libraryId, 'libraryId');
  const connection = openConnection(options);
  try {
    await migrate(connection, { clock, signal });
    await connection.query(
      'insert into {s}.libraries (library_id) values ($1) on conflict (library_id) do update set seen_at = now()',
      [libraryId],
      signal,
    );
    await trimMarks(connection);
    await trimJobChanges(connection);
    const key = await keyOf(connection, options.tokenKey);
    return await openedState(connection, { libraryId, key, clock, logger });
  } catch (error) {
    await connection.close();
    throw error;
  }
}

interface StateParts {
  readonly libraryId: string;
  readonly key: TokenKey | null;
  readonly clock: Clock;
  readonly logger: NonNullable<PostgresOptions['logger']>;
}

async function openedState(
  connection: PostgresConnection,
  { libraryId, key, clock, logger }: StateParts,
): Promise<OpenedPostgres> {
  const channel = channelOf(connection.schema);
  const notifier = createNotifier(connection, channel);
  const now = (): Date => new Date(clock.now());
  const context = { connection, libraryId, now, tell: () => notifier.tell() };
  let listening: Listener | null = null;
  const listener = (): Listener => (listening ??= startListener(connection, channel));
  const { secrets, ...tokens } = postgresTokens(context, key);
  // It is read only: what is written goes through the tokens.
  const readOnly = { ...secrets, set: () => {}, delete: () => {} };
  const tokenValues = createTokenValues({ secrets: readOnly, noteUse: (origin) => tokens.noteUse(origin), logger });
  const subscriptions = createSubscriptions(
    ({ since, ...options }, signal) =>
      followChanges({
        feed: listener(),
        read: (cursor) => readPage(connection, { ...options, cursor, libraryId, signal }),
        since,
        signal,
      }),
    logger,
  );
  for (const { origin } of key === null ? [] : await tokens.list()) {
    await tokenValues.refresh(origin).catch((error: unknown) => {
      logger.warn('a token could not be read', { origin, error: serialiseError(error).message });
    });
  }
  const jobs = openPostgresJobs({ connection, libraryId, clock }, `${channel}_jobs`);
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> =>
    (closing ??= (async () => {
      await jobs.close();
      await subscriptions.close();
      await tokenValues.idle();
      await notifier.settle();
      await listening?.close();
      await connection.close();
    })());
  const state: SharedState = {
    engine: 'postgres',
    libraryId,
    declared: postgresDeclared(context),
    manifest: postgresManifest(context),
    progress: postgresProgress(context),
    repos: postgresRepos(context),
    tokens: {
      list: (call) => tokens.list(call),
      note: (origin, noted, call) => tokens.note(origin, noted, call),
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
    subscribe: (onPage, since) => subscriptions.subscribe(onPage, since),
    backup: (call) => backUpState(context, { clock, signal: call?.signal }),
    reset: (call) => resetState(context, { clock, signal: call?.signal }),
    close,
    [Symbol.asyncDispose]: close,
  };
  return {
    state,
    tokenValues: { valueFor: (origin) => tokenValues.valueFor(origin) },
    servers: postgresServers({ ...context, clock, listener }),
    jobs,
  };
}

async function keyOf(connection: PostgresConnection, given: Uint8Array | string | undefined): Promise<TokenKey | null> {
  if (given === undefined) return null;
  const [row] = await connection.query<{ value: string }>("select value from {s}.settings where name = 'token-salt'");
  return readTokenKey(given, row?.value ?? '');
}

/** Schemas of one database have channels of their own. */
function channelOf(schema: string): string {
  return `modelkeep_${createHash('sha256').update(schema).digest('hex').slice(0, 16)}`;
}
