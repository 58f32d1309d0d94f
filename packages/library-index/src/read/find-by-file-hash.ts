import { isSha1, isSha256, ModelkeepError, type ModelFile } from '@modelkeep/core';
import type { SqliteDatabase } from '@modelkeep/sqlite';
import { MOST_RESULTS } from '../query/limits.ts';

/** What a file is known by. At least one; a file with any of them is found. */
export interface FileHash {
  /** 64 hex in lower case. */
  readonly sha256?: string | undefined;
  /** 40 hex in lower case. */
  readonly gitSha1?: string | undefined;
  /** The first 10 of a SHA-256, in lower case. Short ones meet by chance. */
  readonly autoV2?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A file of a model. */
export interface FileHit {
  readonly modelId: string;
  readonly file: ModelFile;
}

/** @internal */
export async function findByFileHash(database: SqliteDatabase, hash: FileHash): Promise<FileHit[]> {
  const { sha256, gitSha1, autoV2, signal } = hash;
  const valid =
    (sha256 !== undefined || gitSha1 !== undefined || autoV2 !== undefined) &&
    (sha256 === undefined || isSha256(sha256)) &&
    (gitSha1 === undefined || isSha1(gitSha1)) &&
    (autoV2 === undefined || /^[0-9a-f]{10}$/u.test(autoV2));
  if (!valid) {
    throw new ModelkeepError('core.invalid-argument', {
      message: 'a file is found by its SHA-256 (64 hex), its git SHA-1 (40 hex) or its AutoV2 (10 hex), in lower case',
      facts: { argument: 'hash', found: { sha256, gitSha1, autoV2 } },
    });
  }
  const sql = `select id, json_extract(record, '$.files[' || position || ']') as file
from model_files join models on models.key = model_key join records on records.key = model_key
where (model_key, position) in (
  select model_key, position from model_files where sha256 = :sha256
  union select model_key, position from model_files where git_sha1 = :gitSha1
  union select model_key, position from model_files where sha256 >= :autoV2 and sha256 < :autoV2 || 'g'
) order by id, position limit ${MOST_RESULTS}`;
  const rows = await database.all<{ id: string; file: string }>(sql, { sha256, gitSha1, autoV2 }, { signal });
  return rows.map(({ id, file }) => ({ modelId: id, file: JSON.parse(file) as ModelFile }));
}
