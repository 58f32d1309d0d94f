import { isSha1, isSha256, ModelkeepError, type ModelFile } from '@modelkeep/core';
import type { SqliteDatabase } from '@modelkeep/sqlite';

/** What files are known by. A file with any of them is found. */
export interface FileHashes {
  /** 64 hex in lower case each. */
  readonly sha256?: readonly string[] | undefined;
  /** 40 hex in lower case each. */
  readonly gitSha1?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** @internal */
export async function findFilesByHash(database: SqliteDatabase, hashes: FileHashes): Promise<ModelFile[]> {
  const { sha256 = [], gitSha1 = [], signal } = hashes;
  const wrong = sha256.find((hash) => !isSha256(hash)) ?? gitSha1.find((hash) => !isSha1(hash));
  if (wrong !== undefined) {
    throw new ModelkeepError('core.invalid-argument', {
      message: 'files are found by their SHA-256 (64 hex) or their git SHA-1 (40 hex), in lower case',
      facts: { argument: 'hashes', found: wrong },
    });
  }
  if (sha256.length === 0 && gitSha1.length === 0) return [];
  // One file of each hash; the record that was read last is still parsed when the next file is of the same model.
  const sql = `select json_extract(record, '$.files[' || position || ']') as file from (
  select model_key, position from json_each(:sha256) join model_files on sha256 = value group by value
  union select model_key, position from json_each(:gitSha1) join model_files on git_sha1 = value group by value
) join records on records.key = model_key order by model_key, position`;
  const parameters = { sha256: JSON.stringify(sha256), gitSha1: JSON.stringify(gitSha1) };
  const rows = await database.all<{ file: string }>(sql, parameters, { signal });
  return rows.map(({ file }) => JSON.parse(file) as ModelFile);
}
