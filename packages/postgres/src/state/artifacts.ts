import { hash } from 'node:crypto';
import { newId } from '@modelkeep/core';
import { checkArtifactChange, checkArtifacts, notFound, type Repos } from '@modelkeep/fleet';
import { sql } from 'kysely';
import { toArtifact } from './repo-rows.ts';
import type { StateContext } from './state-context.ts';
import { checkVersion, stampOf } from './swap-entry.ts';

const columnNames = {
  status: 'status',
  localPath: 'local_path',
  contentSha256: 'content_sha256',
  error: 'error',
} as const;

/** @internal */
export function postgresArtifacts(
  context: StateContext,
): Pick<Repos, 'replaceArtifacts' | 'listArtifacts' | 'updateArtifact'> {
  const { connection, libraryId, tell } = context;
  const { schema } = connection;
  return {
    async replaceArtifacts(repoId, files, { signal } = {}) {
      const list = JSON.stringify(
        checkArtifacts(files).map((file) => ({ ...file, id: newId(), hash: hash('sha256', file.path) })),
      );
      const rows = await connection.transaction(async (db) => {
        const repo = await db
          .selectFrom('repos')
          .select('id')
          .where('id', '=', repoId)
          .where('library_id', '=', libraryId)
          .forUpdate()
          .executeTakeFirst();
        if (repo === undefined) throw notFound('repos', repoId);
        await replace(list, repoId).execute(db);
        await put(list, repoId).execute(db);
        return db.selectFrom('artifacts').selectAll().where('repo_id', '=', repoId).orderBy('path').execute();
      }, signal);
      tell();
      return rows.map((row) => toArtifact(row));
    },
    async listArtifacts({ repoId, ids, status, signal }) {
      const rows = await connection.run((db) => {
        let query = db.selectFrom('artifacts').selectAll().where('library_id', '=', libraryId);
        if (repoId !== undefined) query = query.where('repo_id', '=', repoId);
        if (status !== undefined) query = query.where('status', '=', status);
        if (ids !== undefined) query = query.where('id', '=', (each) => each.fn.any(each.val([...ids])));
        return query.orderBy('repo_id').orderBy('path').execute();
      }, signal);
      return rows.map((row) => toArtifact(row));
    },
    async updateArtifact(id, change, { ifVersion, signal } = {}) {
      const stored = Object.entries(checkArtifactChange(change));
      const columns = Object.fromEntries(
        stored.map(([name, value]) => [columnNames[name as keyof typeof columnNames], value]),
      );
      const row = await connection.transaction(async (db) => {
        const found = await db
          .selectFrom('artifacts')
          .selectAll()
          .where('id', '=', id)
          .where('library_id', '=', libraryId)
          .forUpdate()
          .executeTakeFirst();
        if (found === undefined && (ifVersion === undefined || ifVersion === 0)) throw notFound('artifacts', id);
        checkVersion({ topic: 'artifacts', key: id, ifVersion }, found);
        return db
          .updateTable('artifacts')
          .set({ ...columns, ...stampOf(context) })
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirstOrThrow();
      }, signal);
      tell();
      return toArtifact(row);
    },
  };

  function replace(list: string, repoId: string) {
    return sql`delete from ${sql.table(`${schema}.artifacts`)} where repo_id = ${repoId}
      and path_hash not in (select value ->> 'hash' from json_array_elements(${list}::json))`;
  }

  function put(list: string, repoId: string) {
    return sql`insert into ${sql.table(`${schema}.artifacts`)} as was
      (id, library_id, repo_id, path, path_hash, size_bytes, sha256, git_sha1, status, updated_at)
      select value ->> 'id', ${libraryId}, ${repoId}, value ->> 'path', value ->> 'hash', (value ->> 'sizeBytes')::bigint,
        value ->> 'sha256', value ->> 'gitSha1', 'pending', ${context.now()}::timestamptz
      from json_array_elements(${list}::json)
      on conflict (repo_id, path_hash) do update set size_bytes = excluded.size_bytes, sha256 = excluded.sha256,
        git_sha1 = excluded.git_sha1, status = 'pending', local_path = null, content_sha256 = null, error = null,
        version = nextval(${`${schema}.versions`}), updated_at = excluded.updated_at
      where (was.size_bytes, was.sha256, was.git_sha1)
        is distinct from (excluded.size_bytes, excluded.sha256, excluded.git_sha1)`;
  }
}
