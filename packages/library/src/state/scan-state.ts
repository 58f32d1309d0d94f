import { sep } from 'node:path';
import type { FileStamp } from '@modelkeep/core';
import { machineId } from '@modelkeep/io';
import type { SqlStatement } from '@modelkeep/sqlite';
import type { StoreContext } from '../store-context.ts';

const PAGE = 2_000;

/** @internal A file whose content was read, and what tells that it is still the same. */
export interface KnownFile extends FileStamp {
  readonly path: string;
  readonly folder: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  /** What a model was made of; null as long as none was. */
  readonly adoptedSha256: string | null;
}

/** @internal A file that was read just now. */
export interface ReadFile extends Omit<KnownFile, 'adoptedSha256'> {
  /** Of the tensors behind a safetensors header. */
  readonly tensorSample?: string | null | undefined;
}

/** @internal What this machine knows of files outside the library. */
export interface ScanState {
  knowsRoot(path: string): Promise<boolean>;
  addRoot(path: string): Promise<void>;
  /** The digests of all folders at or below a path that hold known files; `''` where something in it is to be done yet. */
  foldersBelow(path: string): Promise<Map<string, string>>;
  /** All files at or below a path. */
  filesBelow(path: string): Promise<KnownFile[]>;
  filesIn(folders: readonly string[]): Promise<KnownFile[]>;
  file(path: string): Promise<KnownFile | null>;
  /** Files at or below a path whose content a model has that is elsewhere. */
  duplicatesBelow(path: string): Promise<(KnownFile & { readonly duplicateOf: string })[]>;
  /** Files with one of these inodes, wherever they were. */
  byInodes(inodes: readonly string[]): Promise<KnownFile[]>;
  /** Files that had one of these contents when they were read. */
  withContents(sha256s: readonly string[]): Promise<KnownFile[]>;
  /** Notes that files of which models were made have a content that a model has elsewhere now. */
  noteDuplicates(sha256s: readonly string[], modelId: string): Promise<void>;
  /** Notes hashes; what was adopted stays as it is noted. */
  saveFiles(files: readonly ReadFile[]): Promise<void>;
  /** Other contents that seem to have the same tensors, by content. */
  sameTensors(sha256s: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
  /** Notes that models were made of files, that others are gone, and how folders are now. */
  settle(changes: {
    readonly adopted?: readonly string[] | undefined;
    readonly gone?: readonly string[] | undefined;
    readonly folders?: readonly { readonly path: string; readonly digest: string }[] | undefined;
    readonly goneFolders?: readonly string[] | undefined;
    /** All of these files that are duplicates, and of which model; the others of these are none. */
    readonly duplicates?: Duplicates | undefined;
  }): Promise<void>;
}

interface Duplicates {
  readonly among: readonly string[];
  readonly found: readonly { readonly path: string; readonly modelId: string }[];
}

const COLUMNS =
  'path, folder, device, inode, size_bytes as sizeBytes, mtime_ms as mtimeMs, sha256, adopted_sha256 as adoptedSha256';

/** @internal */
export function openScanState({ state }: Pick<StoreContext, 'state'>): ScanState {
  const machine = machineId();

  async function filesWhere(column: 'inode' | 'sha256', values: readonly string[]): Promise<KnownFile[]> {
    const rows: KnownFile[] = [];
    for (const page of inPages(values)) {
      const sql = `select ${COLUMNS} from scan_files where machine = :machine
        and ${column} in (select value from json_each(:values))`;
      for (const row of await (await state.open()).all<KnownFile>(sql, { machine, values: JSON.stringify(page) }))
        rows.push(row);
    }
    return rows;
  }

  async function below<T>(
    path: string,
    { select, column }: { readonly select: string; readonly column: 'path' | 'folder' },
  ): Promise<T[]> {
    const database = await state.open();
    const first = path.endsWith(sep) ? path : path + sep;
    const end = first.slice(0, -1) + String.fromCharCode(sep.charCodeAt(0) + 1);
    const sql = `${select} where machine = :machine and ${column} > :after
      and (${column} = :path or (${column} >= :first and ${column} < :end)) order by ${column} limit ${PAGE}`;
    const rows: T[] = [];
    for (let after = ''; ;) {
      const page = await database.all<T & Readonly<Record<string, string>>>(sql, { machine, after, path, first, end });
      for (const row of page) rows.push(row);
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return rows;
      after = last[column] ?? '';
    }
  }
  const write = async (statements: readonly SqlStatement[]): Promise<void> => {
    if (statements.length > 0) await (await state.open()).transaction(statements);
  };

  return {
    async knowsRoot(path) {
      const sql = 'select 1 as known from scan_roots where machine = :machine and path = :path';
      return (await (await state.open()).get(sql, { machine, path })) !== undefined;
    },
    addRoot: (path) =>
      write([{ sql: 'insert or ignore into scan_roots values (:machine, :path)', params: { machine, path } }]),
    async foldersBelow(path) {
      const inUse = await below<{ folder: string }>(path, {
        select: 'select distinct folder from scan_files',
        column: 'folder',
      });
      const settled = await below<{ path: string; digest: string }>(path, {
        select: 'select path, digest from scan_folders',
        column: 'path',
      });
      return new Map([
        ...inUse.map((row) => [row.folder, ''] as const),
        ...settled.map((row) => [row.path, row.digest] as const),
      ]);
    },
    filesBelow: (path) => below<KnownFile>(path, { select: `select ${COLUMNS} from scan_files`, column: 'path' }),
    async duplicatesBelow(path) {
      const select = `select * from (select ${COLUMNS}, duplicate_of as duplicateOf, machine from scan_files
        where duplicate_of is not null)`;
      return below<KnownFile & { readonly duplicateOf: string }>(path, { select, column: 'path' });
    },
    async filesIn(folders) {
      const sql = `select ${COLUMNS} from scan_files where machine = :machine
        and folder in (select value from json_each(:folders))`;
      return [...(await (await state.open()).all<KnownFile>(sql, { machine, folders: JSON.stringify(folders) }))];
    },
    async file(path) {
      const sql = `select ${COLUMNS} from scan_files where machine = :machine and path = :path`;
      return (await (await state.open()).get<KnownFile>(sql, { machine, path })) ?? null;
    },
    byInodes: (inodes) => filesWhere('inode', inodes),
    withContents: (sha256s) => filesWhere('sha256', sha256s),
    async saveFiles(files) {
      if (files.length === 0) return;
      const sql = `insert into scan_files (machine, path, folder, device, inode, size_bytes, mtime_ms, sha256)
        values (:machine, :path, :folder, :device, :inode, :sizeBytes, :mtimeMs, :sha256)
        on conflict (machine, path) do update set folder = excluded.folder, device = excluded.device,
        inode = excluded.inode, size_bytes = excluded.size_bytes, mtime_ms = excluded.mtime_ms, sha256 = excluded.sha256`;
      const paramRows = files.map(({ path, folder, device, inode, sizeBytes, mtimeMs, sha256 }) => {
        return { machine, path, folder, device, inode, sizeBytes, mtimeMs, sha256 };
      });
      const samples = files.flatMap(({ sha256, tensorSample }) =>
        typeof tensorSample === 'string' ? [{ machine, sample: tensorSample, sha256 }] : [],
      );
      const noteSamples = 'insert or ignore into scan_tensors values (:machine, :sample, :sha256)';
      await write([{ sql, paramRows }, ...(samples.length === 0 ? [] : [{ sql: noteSamples, paramRows: samples }])]);
    },
    async sameTensors(sha256s) {
      const sql = `select one.sha256 as sha256, other.sha256 as twin from scan_tensors as one
        join scan_tensors as other on other.machine = one.machine and other.sample = one.sample
        where one.machine = :machine and other.sha256 <> one.sha256
        and one.sha256 in (select value from json_each(:sha256s))`;
      const rows = await (
        await state.open()
      ).all<{ readonly sha256: string; readonly twin: string }>(sql, { machine, sha256s: JSON.stringify(sha256s) });
      const twins = Map.groupBy(rows, ({ sha256 }) => sha256);
      return new Map([...twins].map(([sha256, pairs]) => [sha256, pairs.map(({ twin }) => twin)]));
    },
    noteDuplicates: (sha256s, modelId) =>
      write([
        {
          sql: `update scan_files set duplicate_of = :modelId where machine = :machine and adopted_sha256 = sha256
            and sha256 in (select value from json_each(:sha256s))`,
          params: { machine, modelId, sha256s: JSON.stringify(sha256s) },
        },
      ]),
    settle: ({ adopted = [], gone = [], folders = [], goneFolders = [], duplicates = { among: [], found: [] } }) =>
      write([
        ...inPages(adopted).map((paths) => ({
          sql: `update scan_files set adopted_sha256 = sha256 where machine = :machine
            and path in (select value from json_each(:paths))`,
          params: { machine, paths: JSON.stringify(paths) },
        })),
        ...inPages(duplicates.among).map((paths) => ({
          sql: `update scan_files set duplicate_of = null where machine = :machine and duplicate_of is not null
            and path in (select value from json_each(:paths))`,
          params: { machine, paths: JSON.stringify(paths) },
        })),
        ...inPages(duplicates.found).map((page) => ({
          sql: `update scan_files set duplicate_of = found.model from
            (select value ->> 'path' as path, value ->> 'modelId' as model from json_each(:page)) as found
            where machine = :machine and scan_files.path = found.path`,
          params: { machine, page: JSON.stringify(page) },
        })),
        ...inPages(gone).map((paths) => ({
          sql: 'delete from scan_files where machine = :machine and path in (select value from json_each(:paths))',
          params: { machine, paths: JSON.stringify(paths) },
        })),
        ...inPages(folders).map((page) => ({
          sql: `insert or replace into scan_folders
            select :machine, value ->> 'path', value ->> 'digest' from json_each(:page)`,
          params: { machine, page: JSON.stringify(page) },
        })),
        ...inPages(goneFolders).map((paths) => ({
          sql: 'delete from scan_folders where machine = :machine and path in (select value from json_each(:paths))',
          params: { machine, paths: JSON.stringify(paths) },
        })),
      ]),
  };
}

function inPages<T>(items: readonly T[]): T[][] {
  const pages: T[][] = [];
  for (let start = 0; start < items.length; start += PAGE) pages.push(items.slice(start, start + PAGE));
  return pages;
}
