import type { ModelFile, ModelRecord } from '@modelkeep/core';
import type { SqliteCallOptions } from '@modelkeep/sqlite';
import type { FacetOptions, Facets } from './query/facets.ts';
import type { SearchOptions, SearchResult } from './query/search.ts';
import type { ChangePage, ChangesOptions } from './read/changes-since.ts';
import type { FileHash, FileHit } from './read/find-by-file-hash.ts';
import type { FileHashes } from './read/find-files-by-hash.ts';
import type { ListOptions, ModelPage } from './read/list.ts';
import type { IndexStats } from './read/stats.ts';
import type { WatchChangesOptions } from './read/watch-changes.ts';
import type { ReplaceAllOptions, ReplaceAllResult } from './write/replace-all.ts';
import type { WriteOptions } from './write/upsert.ts';

/** Records in memory, or as they are read. */
export type ModelRecords = Iterable<ModelRecord> | AsyncIterable<ModelRecord>;

/** What a check of the file found. */
export interface IndexCheck {
  readonly ok: boolean;
  /** SQLite's words, at most 100. */
  readonly problems: readonly string[];
}

/**
 * The searchable index of a library. It is derived: whatever happens to it is made good by {@link LibraryIndex.replaceAll}
 * from the metadata. Any number of processes may have it open.
 *
 * Every call may throw `sqlite.corrupt` (close it, open it again, rebuild), `sqlite.locked`, `sqlite.failed`,
 * `io.disk-full`, `core.closed`, `workers.died` and `signal.reason`; those that write `io.read-only` as well.
 */
export interface LibraryIndex extends AsyncDisposable {
  readonly path: string;
  /** Nothing was ever rebuilt into this file: call {@link LibraryIndex.replaceAll}. False in a read-only index. */
  readonly needsRebuild: boolean;
  /** Where the damaged file went that was here, or null. */
  readonly setAside: string | null;
  /** The file is on a read-only drive and its journal holds changes that cannot be read there. */
  readonly possiblyStale: boolean;

  /**
   * Writes the records that are newer (`revision`) than what the index has, and notes them in the change log, 200 at a
   * time in one transaction.
   *
   * @returns how many were newer
   */
  upsert(records: ModelRecords, options?: WriteOptions): Promise<number>;
  /**
   * Forgets models, in one transaction.
   *
   * @returns how many were there
   */
  remove(ids: readonly string[], options?: WriteOptions): Promise<number>;
  /**
   * Makes the index hold exactly these records, at once for everybody who reads. What is written by others while the
   * records come stays. The change log takes only what differs.
   */
  replaceAll(records: ModelRecords, options?: ReplaceAllOptions): Promise<ReplaceAllResult>;

  get(id: string, options?: SqliteCallOptions): Promise<ModelRecord | null>;
  /** The model that a model was found to be, which answers to its id. Looks at all of them: for ids that {@link LibraryIndex.get} has not. */
  byFormerId(id: string, options?: SqliteCallOptions): Promise<ModelRecord | null>;
  bySlug(slug: string, options?: SqliteCallOptions): Promise<ModelRecord | null>;
  /**
   * Models whose id begins so, sorted by id. A text that begins no id finds none.
   *
   * @param limit - from 1 to 1,000; 2 tells whether the prefix is unique
   * @throws `core.invalid-argument` for the limit
   */
  byIdPrefix(prefix: string, limit: number): Promise<readonly ModelRecord[]>;
  /**
   * Models that are called so (their official name, the cleaned one, or the one that people know), sorted by id. Upper and
   * lower case are the same.
   *
   * @param limit - from 1 to 1,000; 2 tells whether the name is unique
   * @throws `core.invalid-argument` for the limit
   */
  byName(name: string, limit: number): Promise<readonly ModelRecord[]>;
  /** The revisions of those models that are there. */
  revisionsOf(ids: readonly string[], options?: SqliteCallOptions): Promise<ReadonlyMap<string, number>>;
  /**
   * A page of models in an order, by name unless asked otherwise. Any page takes one look at some thousand rows at a time,
   * however many models there are.
   *
   * @throws `core.invalid-argument` for a limit, a filter, an order or a cursor that is none
   */
  list(options?: ListOptions): Promise<ModelPage>;
  /**
   * Finds models by the beginnings of words in their names, labels, file names and descriptions. All terms have to be
   * found; where nothing is, words of the index that are like them count. The query is plain text: it has no operators
   * and no form of it is an error. One without letters and digits lists.
   *
   * @throws `core.invalid-argument` for a limit, a filter, an order or a cursor that is none
   */
  search(query: string, options?: SearchOptions): Promise<SearchResult>;
  /**
   * Counts the models that a search finds, or a list, by their values. Exact for the whole index and for up to 2,000
   * matches; of more the newest 2,000 are counted, and `approximate` says so.
   *
   * @param query - `''` for all that the filters leave
   * @throws `core.invalid-argument` for a limit, a filter or a field that is none
   */
  facets(query: string, options?: FacetOptions): Promise<Facets>;
  /**
   * Which models have a file of these bytes; at most 1,000.
   *
   * @throws `core.invalid-argument` for what is no hash
   */
  findByFileHash(hash: FileHash): Promise<readonly FileHit[]>;
  /**
   * One file for each of many hashes, where a model has one.
   *
   * @throws `core.invalid-argument` for what is no hash
   */
  findFilesByHash(hashes: FileHashes): Promise<readonly ModelFile[]>;
  /** Whether a model has a file of this size: without one, no content of this size is known. */
  hasFileOfSize(sizeBytes: number, options?: SqliteCallOptions): Promise<boolean>;
  stats(options?: SqliteCallOptions): Promise<IndexStats>;
  /**
   * What happened to models after a cursor, in any process.
   *
   * @param cursor - null to start: that answers `resync`
   * @throws `core.invalid-argument` for a text that is no cursor
   */
  changesSince(cursor: string | null, options?: ChangesOptions): Promise<ChangePage>;
  /**
   * What happens to models in any process, as {@link LibraryIndex.changesSince} tells it: first what happened since a cursor,
   * then each change within moments, until the signal aborts (which throws its reason) the index is closed
   * (`core.closed`) or its file is replaced (`sqlite.failed`). Without a cursor it begins with a page that says `resync`.
   */
  watch(options?: WatchChangesOptions): AsyncIterable<ChangePage>;
  /** Whether another file has taken the place of this one: open the index again. */
  isReplaced(): Promise<boolean>;
  /** Looks through the whole file for damage: seconds for a large one. Worth it after the process was killed. */
  check(options?: SqliteCallOptions): Promise<IndexCheck>;
  close(): Promise<void>;
}
