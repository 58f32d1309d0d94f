import { ModelkeepError } from '@modelkeep/core';
import { checkOrigin, checkToken, type SecretStore, type TokenFacts, type Tokens } from '@modelkeep/fleet';
import type { Selectable } from 'kysely';
import type { TokensTable } from '../schema/tables.ts';
import type { StateContext } from '../state/state-context.ts';
import { openToken, sealToken } from './seal-token.ts';
import type { TokenKey } from './token-key.ts';

const factColumns = ['origin', 'name', 'set_at', 'last_used_at', 'valid', 'checked_at'] as const;

/** @internal Tokens of all libraries of the schema, and the way to their values for the HTTP client. */
export interface PostgresTokens extends Tokens {
  readonly secrets: Pick<SecretStore, 'get'>;
  noteUse(origin: string): Promise<void>;
}

/** @internal @param key - null: none is kept, and none can be read */
export function postgresTokens({ connection, now, tell }: StateContext, key: TokenKey | null): PostgresTokens {
  return {
    async set(token, { signal } = {}) {
      const { origin, value, name } = checkToken(token);
      if (key === null) throw refused();
      const columns = { name, sealed: sealToken(key, origin, value), key_id: key.id };
      const unknown = { last_used_at: null, valid: null, checked_at: null, set_at: now() };
      const row = await connection.run(
        (db) =>
          db
            .insertInto('tokens')
            .values({ origin, ...columns, ...unknown })
            .onConflict((on) => on.column('origin').doUpdateSet({ ...columns, ...unknown }))
            .returning(factColumns)
            .executeTakeFirstOrThrow(),
        signal,
      );
      tell();
      return toFacts(row);
    },
    async delete(origin, { signal } = {}) {
      const checked = checkOrigin(origin);
      const gone = await connection.run(
        (db) => db.deleteFrom('tokens').where('origin', '=', checked).executeTakeFirst(),
        signal,
      );
      tell();
      return gone.numDeletedRows > 0n;
    },
    async list({ signal } = {}) {
      const rows = await connection.run(
        (db) => db.selectFrom('tokens').select(factColumns).orderBy('origin').execute(),
        signal,
      );
      return rows.map((row) => toFacts(row));
    },
    async note(origin, { valid }, { signal } = {}) {
      const checked = checkOrigin(origin);
      await connection.run(
        (db) => db.updateTable('tokens').set({ valid, checked_at: now() }).where('origin', '=', checked).execute(),
        signal,
      );
      tell();
    },
    async noteUse(origin) {
      await connection.run((db) =>
        db.updateTable('tokens').set({ last_used_at: now() }).where('origin', '=', origin).execute(),
      );
    },
    secrets: {
      async get(origin) {
        if (key === null) return undefined;
        const row = await connection.run((db) =>
          db.selectFrom('tokens').select(['sealed', 'key_id']).where('origin', '=', origin).executeTakeFirst(),
        );
        if (row === undefined) return undefined;
        const value = openToken(key, origin, row.sealed);
        if (value !== null) return value;
        const isOtherKey = row.key_id !== key.id;
        connection.logger.warn('a token cannot be read', { origin, reason: isOtherKey ? 'another key' : 'damaged' });
        return undefined;
      },
    },
  };
}

function toFacts(row: Pick<Selectable<TokensTable>, (typeof factColumns)[number]>): TokenFacts {
  return {
    origin: row.origin,
    name: row.name,
    setAt: row.set_at.toISOString(),
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    valid: row.valid,
    checkedAt: row.checked_at?.toISOString() ?? null,
  };
}

function refused(): ModelkeepError {
  return new ModelkeepError('fleet.secrets-refused', {
    message: 'a token is kept in Postgres only encrypted, and there is no key',
    facts: { reason: 'no-key' },
    hint: 'open with a tokenKey (MODELKEEP_TOKEN_KEY): 32 random bytes, or a passphrase',
  });
}
