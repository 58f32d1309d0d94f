import { ModelkeepError } from '@modelkeep/core';
import { checkDeclarations, readDeclaration, type DeclaredModel, type DeclaredModels } from '@modelkeep/fleet';
import type { Selectable } from 'kysely';
import type { DeclaredTable } from '../schema/tables.ts';
import type { StateContext } from './state-context.ts';
import { checkVersion, lockEntry, stampOf } from './swap-entry.ts';

/** @internal */
export function postgresDeclared(context: StateContext): DeclaredModels {
  const { connection, tell } = context;
  const { schema } = connection;
  const list: DeclaredModels['list'] = async ({ keys, signal } = {}) => {
    const rows = await connection.run((db) => {
      const query = db.selectFrom('declared').selectAll().orderBy('key');
      return (
        keys === undefined ? query : query.where('key', '=', (each) => each.fn.any(each.val([...keys])))
      ).execute();
    }, signal);
    return rows.map((row) => toModel(row)).filter((model) => model !== null);
  };
  return {
    async declare(models, { ifVersion, signal } = {}) {
      if (ifVersion !== undefined && models.length > 1) {
        throw new ModelkeepError('core.invalid-argument', {
          message: 'a version belongs to one model',
          facts: { argument: 'ifVersion', found: ifVersion },
        });
      }
      const bodies = new Map([...checkDeclarations(models)].map(([key, stored]) => [key, JSON.stringify(stored)]));
      const keys = [...bodies.keys()];
      const written = await connection.transaction(async (db) => {
        await lockEntry(db, schema, 'declared');
        const rows = await db
          .selectFrom('declared')
          .selectAll()
          .where('key', '=', (each) => each.fn.any(each.val(keys)))
          .execute();
        const found = new Map(rows.map((row) => [row.key, row]));
        for (const key of keys) checkVersion({ topic: 'declared', key, ifVersion }, found.get(key));
        for (const [key, body] of bodies) {
          if (found.get(key)?.body === body) continue;
          const row = await db
            .insertInto('declared')
            .values({ key, body, ...stampOf(context) })
            .onConflict((on) => on.column('key').doUpdateSet({ body, ...stampOf(context) }))
            .returningAll()
            .executeTakeFirstOrThrow();
          found.set(key, row);
        }
        return keys.map((key) => found.get(key));
      }, signal);
      tell();
      return written.flatMap((row) => (row === undefined ? [] : (toModel(row) ?? [])));
    },
    async get(key, { signal } = {}) {
      const [model] = await list({ keys: [key], signal });
      return model ?? null;
    },
    list,
    async delete(keys, { signal } = {}) {
      const gone = await connection.transaction(async (db) => {
        await lockEntry(db, schema, 'declared');
        const ofKeys = db.deleteFrom('declared').where('key', '=', (each) => each.fn.any(each.val([...keys])));
        return ofKeys.executeTakeFirst();
      }, signal);
      tell();
      return Number(gone.numDeletedRows);
    },
  };
}

/** Null for what modelkeep has not written: it is as good as not declared. */
function toModel(row: Selectable<DeclaredTable>): DeclaredModel | null {
  const declaration = readDeclaration(row.key, row.body);
  if (declaration === null) return null;
  return { key: row.key, ...declaration, version: Number(row.version), updatedAt: row.updated_at.toISOString() };
}
