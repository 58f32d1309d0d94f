import { newId } from '@modelkeep/core';
import type { SqlRow } from '@modelkeep/sqlite';
import type { Repos } from '../ports/repos.ts';
import { checkArtifactChange, checkArtifacts, checkRepoChange, checkRepoSource } from '../rules/check-repo.ts';
import { notFound } from '../rules/conflict.ts';
import { noteChange } from './change-statements.ts';
import { writeEntry } from './entry-write.ts';
import { toArtifact, toRepo } from './repo-rows.ts';
import {
  artifactColumns,
  DELETE_GONE,
  NOTE_ALL_OF_REPO,
  NOTE_GONE,
  NOTE_PUT,
  PUT,
  REGISTER,
  repoColumns,
  updateSql,
} from './repo-sql.ts';
import { amongst, listOf } from './sql-list.ts';
import type { TableContext } from './table-context.ts';

const REPOS = { topic: 'repos', table: 'fleet_repos', column: 'id' } as const;
const ARTIFACTS = { topic: 'artifacts', table: 'fleet_artifacts', column: 'id' } as const;
const BY_SOURCE = 'select * from fleet_repos where provider = :provider and repo = :repo and revision = :revision';
const OF_REPO = 'select * from fleet_artifacts where repo_id = :repoId order by path';

/** @internal */
export function sqliteRepos({ file, libraryId, now }: TableContext): Repos {
  const toOwnRepo = (row: SqlRow): ReturnType<typeof toRepo> => toRepo(row, libraryId);
  const toOwnArtifact = (row: SqlRow): ReturnType<typeof toArtifact> => toArtifact(row, libraryId);
  return {
    async register(source, call) {
      const { provider, repo, revision } = checkRepoSource(source);
      const id = newId();
      const statements = [
        { sql: REGISTER, params: { id, provider, repo, revision, now: now() } },
        noteChange('repos', id),
        { sql: BY_SOURCE, params: { provider, repo, revision } },
      ];
      return file.write({ statements, read: (results) => toOwnRepo(results[2]?.rows[0] ?? {}) }, call);
    },
    async get(id, call) {
      const row = await file.get<SqlRow>('select * from fleet_repos where id = :id', { id }, call);
      return row === undefined ? null : toOwnRepo(row);
    },
    async list({ status, ...call } = {}) {
      const sql = `select * from fleet_repos where :status is null or status = :status order by registered_at, id`;
      return (await file.all<SqlRow>(sql, { status: status ?? null }, call)).map((row) => toOwnRepo(row));
    },
    async update(id, change, call) {
      const stored = checkRepoChange(change);
      const sql = updateSql(REPOS.table, repoColumns, Object.keys(stored));
      const params = { ...stored, now: now() };
      const unit = writeEntry({ ...REPOS, key: id, sql, params, ifVersion: call?.ifVersion, toEntry: toOwnRepo });
      return file.write(unit, call);
    },
    async delete(id, call) {
      const statements = [
        { sql: NOTE_ALL_OF_REPO, params: { id } },
        { sql: 'delete from fleet_artifacts where repo_id = :id', params: { id } },
        { sql: 'delete from fleet_repos where id = :id', params: { id } },
        noteChange('repos', id),
      ];
      return file.write({ statements, read: (results) => (results[2]?.changes ?? 0) > 0 }, call);
    },
    async replaceArtifacts(repoId, files, call) {
      const params = {
        repoId,
        files: JSON.stringify(checkArtifacts(files).map((one) => ({ ...one, id: newId() }))),
      };
      const statements = [
        { sql: 'select 1 from fleet_repos where id = :repoId', params: { repoId } },
        ...[NOTE_GONE, DELETE_GONE].map((sql) => ({ sql, params })),
        { sql: PUT, params: { ...params, now: now() } },
        { sql: NOTE_PUT, params: { repoId } },
        { sql: OF_REPO, params: { repoId } },
      ];
      const read = (results: readonly { readonly rows: readonly SqlRow[] }[]): readonly SqlRow[] => {
        if (results[0]?.rows.length === 0) throw notFound('repos', repoId);
        return results.at(-1)?.rows ?? [];
      };
      return (await file.write({ statements, read }, call)).map((row) => toOwnArtifact(row));
    },
    async listArtifacts({ repoId, ids, status, ...call }) {
      const sql = `select * from fleet_artifacts where (:repoId is null or repo_id = :repoId)
        and (:status is null or status = :status) and ${amongst('id', 'ids')} order by repo_id, path`;
      const params = { repoId: repoId ?? null, status: status ?? null, ids: listOf(ids) };
      return (await file.all<SqlRow>(sql, params, call)).map((row) => toOwnArtifact(row));
    },
    async updateArtifact(id, change, call) {
      const stored = checkArtifactChange(change);
      const sql = updateSql(ARTIFACTS.table, artifactColumns, Object.keys(stored));
      const params = { ...stored, now: now() };
      const unit = writeEntry({
        ...ARTIFACTS,
        key: id,
        sql,
        params,
        ifVersion: call?.ifVersion,
        toEntry: toOwnArtifact,
      });
      return file.write(unit, call);
    },
  };
}
