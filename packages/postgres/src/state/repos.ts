import { newId } from '@modelkeep/core';
import { checkRepoChange, checkRepoSource, notFound, type Repos } from '@modelkeep/fleet';
import { postgresArtifacts } from './artifacts.ts';
import { toRepo } from './repo-rows.ts';
import type { StateContext } from './state-context.ts';
import { checkVersion, lockEntry, stampOf } from './swap-entry.ts';

const columnNames = { status: 'status', commit: 'commit', error: 'error', syncedAt: 'synced_at' } as const;

/** @internal */
export function postgresRepos(context: StateContext): Repos {
  const { connection, libraryId, tell } = context;
  const { schema } = connection;
  return {
    ...postgresArtifacts(context),
    async register(source, { signal } = {}) {
      const { provider, repo, revision } = checkRepoSource(source);
      const row = await connection.transaction(async (db) => {
        await lockEntry(db, schema, 'repos', libraryId, provider, repo, revision);
        const found = await db
          .selectFrom('repos')
          .selectAll()
          .where('library_id', '=', libraryId)
          .where('provider', '=', provider)
          .where('repo', '=', repo)
          .where('revision', '=', revision)
          .executeTakeFirst();
        if (found !== undefined) return found;
        return db
          .insertInto('repos')
          .values({
            id: newId(),
            library_id: libraryId,
            provider,
            repo,
            revision,
            status: 'registered',
            commit: null,
            error: null,
            synced_at: null,
            registered_at: context.now(),
            updated_at: context.now(),
          })
          .returningAll()
          .executeTakeFirstOrThrow();
      }, signal);
      tell();
      return toRepo(row);
    },
    async get(id, { signal } = {}) {
      const row = await connection.run(
        (db) =>
          db
            .selectFrom('repos')
            .selectAll()
            .where('id', '=', id)
            .where('library_id', '=', libraryId)
            .executeTakeFirst(),
        signal,
      );
      return row === undefined ? null : toRepo(row);
    },
    async list({ status, libraries = 'own', signal } = {}) {
      const rows = await connection.run((db) => {
        let query = db.selectFrom('repos').selectAll().orderBy('registered_at').orderBy('id');
        if (libraries === 'own') query = query.where('library_id', '=', libraryId);
        if (status !== undefined) query = query.where('status', '=', status);
        return query.execute();
      }, signal);
      return rows.map((row) => toRepo(row));
    },
    async update(id, change, { ifVersion, signal } = {}) {
      const stored = Object.entries(checkRepoChange(change));
      const columns = Object.fromEntries(
        stored.map(([name, value]) => [columnNames[name as keyof typeof columnNames], value]),
      );
      const row = await connection.transaction(async (db) => {
        const found = await db
          .selectFrom('repos')
          .selectAll()
          .where('id', '=', id)
          .where('library_id', '=', libraryId)
          .forUpdate()
          .executeTakeFirst();
        if (found === undefined && (ifVersion === undefined || ifVersion === 0)) throw notFound('repos', id);
        checkVersion({ topic: 'repos', key: id, ifVersion }, found);
        return db
          .updateTable('repos')
          .set({ ...columns, ...stampOf(context) })
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirstOrThrow();
      }, signal);
      tell();
      return toRepo(row);
    },
    async delete(id, { signal } = {}) {
      const gone = await connection.run(
        (db) => db.deleteFrom('repos').where('id', '=', id).where('library_id', '=', libraryId).executeTakeFirst(),
        signal,
      );
      tell();
      return gone.numDeletedRows > 0n;
    },
  };
}
