import { dirname, join } from 'node:path';
import { newId, silentLogger, type Clock, type HttpTransport, type Logger, type Metrics } from '@modelkeep/core';
import { createFileSecretStore, type SecretStore } from '@modelkeep/fleet';
import type { JobStore } from '@modelkeep/jobs';
import type { LibraryStore } from '@modelkeep/library';
import { createHttpClient, type HttpClient } from '@modelkeep/network';
import { backupName, type Sqlite } from '@modelkeep/sqlite';
import { openForReading } from '../workspace/open-for-reading.ts';
import { checkWebhook, type Origins } from './check-webhook.ts';
import { createCourier, type Courier } from './create-courier.ts';
import type { LibraryWebhooks, WebhookRecord } from './library-webhooks.ts';
import { secretName } from './send-event.ts';
import type { FollowingWebhook } from './webhook-of-row.ts';
import { webhookTable, type WebhookTable } from './webhook-table.ts';
import { webhooksMigrations } from './webhooks-migrations.ts';

const TIMEOUTS = { connectTimeoutMs: 5_000, headersTimeoutMs: 15_000, idleTimeoutMs: 5_000, totalTimeoutMs: 20_000 };

/** @internal */
export interface OpenWebhooksOptions {
  readonly store: Pick<LibraryStore, 'root' | 'libraryId' | 'stateFile' | 'lock'>;
  readonly sqlite: Sqlite;
  readonly jobs: () => Promise<JobStore>;
  readonly secretStore: SecretStore | undefined;
  readonly privateOrigins: Origins | undefined;
  /** Makes no request at all. */
  readonly offline: boolean;
  readonly transport: HttpTransport | undefined;
  readonly proxyFor: ((url: string) => string | undefined) | undefined;
  readonly certificateAuthorities: readonly string[] | undefined;
  readonly join: (signal: AbortSignal | undefined) => AbortSignal;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** @internal The receivers of a library, opened when they are first needed, and who tells them. */
export interface OwnWebhooks {
  readonly webhooks: LibraryWebhooks;
  /** Null for a library that makes no requests. */
  courier(): Promise<Courier | null>;
  close(): Promise<void>;
}

/** @internal */
export function openWebhooks(options: OpenWebhooksOptions): OwnWebhooks {
  const { store, sqlite, jobs, clock, logger, metrics, join: joined } = options;
  let opening: Promise<Opened> | undefined;
  const open = (): Promise<Opened> => {
    opening ??= openTable(options).catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
  let http: HttpClient | undefined;
  const client = (): HttpClient =>
    (http ??= createHttpClient({
      transport: options.transport,
      privateOrigins: options.privateOrigins,
      proxyFor: options.proxyFor,
      certificateAuthorities: options.certificateAuthorities,
      timeouts: TIMEOUTS,
      circuitBreaker: false,
      clock,
      // An address may be a secret by itself.
      logger: silentLogger,
    }));
  return {
    webhooks: {
      async add(webhook, { signal } = {}) {
        const { url, secret, ...facts } = checkWebhook(webhook, options.privateOrigins ?? []);
        const { table, secrets } = await open();
        const { cursor } = await (await jobs()).changesSince(null, { signal: joined(signal) });
        const id = newId();
        await secrets.set(secretName(id), JSON.stringify({ url, secret }));
        try {
          await table.add({ id, ...facts, cursor });
        } catch (error) {
          await secrets.delete(secretName(id));
          throw error;
        }
        const added = (await table.list()).find((one) => one.id === id);
        if (added === undefined) throw new TypeError('a webhook was added, and is not there');
        return { webhook: recordOf(added), secret };
      },
      async list({ signal } = {}) {
        const { table } = await open();
        return (await table.list(joined(signal))).map((one) => recordOf(one));
      },
      async remove(id, { signal } = {}) {
        const { table, secrets } = await open();
        joined(signal).throwIfAborted();
        const wasThere = await table.remove(id);
        if (wasThere) await secrets.delete(secretName(id));
        return wasThere;
      },
    },
    async courier() {
      if (options.offline) return null;
      const { table, secrets } = await open();
      const context = { table, secrets, store, http: client(), jobs: await jobs(), libraryId: store.libraryId };
      return createCourier({ ...context, clock, logger, metrics, random: Math.random });
    },
    async close() {
      await http?.close();
      await (await opening?.catch(() => undefined))?.close();
    },
  };

  async function openTable({ secretStore }: OpenWebhooksOptions): Promise<Opened> {
    const { stateFile, root } = store;
    if (stateFile === null) throw openForReading(root, 'webhooks cannot be managed');
    const database = await sqlite.open({
      path: stateFile,
      migrations: [webhooksMigrations],
      synchronous: 'full',
      backUpTo: backupName(stateFile, clock),
    });
    const secrets = secretStore ?? createFileSecretStore(join(dirname(stateFile), 'secrets'));
    return { table: webhookTable(database, clock), secrets, close: () => database.close() };
  }
}

interface Opened {
  readonly table: WebhookTable;
  readonly secrets: SecretStore;
  readonly close: () => Promise<void>;
}

function recordOf({ cursor: _cursor, seenAtMs: _seenAtMs, ...record }: FollowingWebhook): WebhookRecord {
  return record;
}
