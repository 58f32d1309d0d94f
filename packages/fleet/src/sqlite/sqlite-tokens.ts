import type { SqlRow } from '@modelkeep/sqlite';
import type { SecretStore } from '../ports/secret-store.ts';
import type { TokenFacts, Tokens } from '../ports/tokens.ts';
import { checkOrigin, checkToken } from '../rules/check-token.ts';
import { noteChange } from './change-statements.ts';
import type { TableContext } from './table-context.ts';

const SET = `insert or replace into fleet_tokens (origin, name, set_at) values (:origin, :name, :now)`;

/** @internal Tokens, with what a use of one notes. */
export interface SqliteTokens extends Tokens {
  readonly noteUse: (origin: string) => Promise<void>;
}

/**
 * @internal The facts of a token are in the database, its value is with the secrets. There is never a value without facts:
 * they are written first and deleted last.
 */
export function sqliteTokens({ file, now, secrets }: TableContext & { readonly secrets: SecretStore }): SqliteTokens {
  const remove = (origin: string): Promise<boolean> =>
    file.write({
      statements: [
        { sql: 'delete from fleet_tokens where origin = :origin', params: { origin } },
        noteChange('tokens', origin),
      ],
      read: (results) => (results[0]?.changes ?? 0) > 0,
    });
  /** A keychain that is locked tells nothing. */
  const isKept = async (origin: string): Promise<boolean> => {
    try {
      return (await secrets.get(origin)) !== undefined;
    } catch {
      return false;
    }
  };
  return {
    async set(token, call) {
      const { origin, value, name } = checkToken(token);
      const params = { origin, name, now: now() };
      const before = await file.get('select 1 from fleet_tokens where origin = :origin', { origin }, call);
      await file.write({ statements: [{ sql: SET, params }, noteChange('tokens', origin)], read: () => null }, call);
      try {
        await secrets.set(origin, value);
      } catch (error) {
        if (before === undefined && !(await isKept(origin))) await remove(origin);
        throw error;
      }
      return { origin, name, setAt: params.now, lastUsedAt: null, valid: null, checkedAt: null };
    },
    async delete(origin, call) {
      call?.signal?.throwIfAborted();
      const checked = checkOrigin(origin);
      await secrets.delete(checked);
      return remove(checked);
    },
    async list(call) {
      const rows = await file.all<SqlRow>('select * from fleet_tokens order by origin', {}, call);
      return rows.map((row) => toFacts(row));
    },
    async note(origin, { valid }, call) {
      const checked = checkOrigin(origin);
      const sql = 'update fleet_tokens set valid = :valid, checked_at = :now where origin = :origin';
      const params = { valid: valid ? 1 : 0, now: now(), origin: checked };
      await file.write({ statements: [{ sql, params }, noteChange('tokens', checked)], read: () => null }, call);
    },
    noteUse: async (origin) => {
      const sql = 'update fleet_tokens set last_used_at = :now where origin = :origin';
      const statements = [{ sql, params: { origin, now: now() } }, noteChange('tokens', origin)];
      await file.write({ statements, read: () => null });
    },
  };
}

function toFacts(row: SqlRow): TokenFacts {
  const textOf = (value: SqlRow[string] | undefined): string | null => (typeof value === 'string' ? value : null);
  return {
    origin: String(row['origin']),
    name: textOf(row['name']),
    setAt: String(row['set_at']),
    lastUsedAt: textOf(row['last_used_at']),
    valid: row['valid'] === null ? null : row['valid'] === 1,
    checkedAt: textOf(row['checked_at']),
  };
}
