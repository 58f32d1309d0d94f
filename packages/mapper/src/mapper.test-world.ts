import { createHash } from 'node:crypto';
import { lstat, mkdir, mkdtemp, readdir, readlink, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { newId, type FileRole, type ModelFile, type ModelRecord } from '@modelkeep/core';
import { openSqlite, type SqliteDatabase } from '@modelkeep/sqlite';
import { createMapper, type Mapper, type MapperOptions } from './mapper.ts';
import type { MappableModel } from './plan/mappable-model.ts';
import { mapperMigrations } from './registry/migrations.ts';

/** A file of a model that a test makes. */
interface TestFile {
  readonly name: string;
  readonly content?: string;
  readonly role?: FileRole;
}

/** @internal A model that a test makes. */
export interface TestModel extends Partial<Omit<ModelRecord, 'files'>> {
  readonly files?: readonly TestFile[];
}

/** @internal A library, an app's folder and a state database in a temporary folder. */
export interface TestWorld {
  readonly root: string;
  readonly libraryRoot: string;
  readonly appRoot: string;
  readonly database: SqliteDatabase;
  readonly mapper: Mapper;
  readonly models: Map<string, MappableModel>;
  addModel(model: TestModel): Promise<MappableModel>;
  removeModel(model: MappableModel): Promise<void>;
  /** Another mapper on the same database and library. */
  open(options?: Partial<MapperOptions>): Mapper;
  list(): readonly MappableModel[];
  close(): Promise<void>;
}

let count = 0;

/** @internal */
export async function createWorld(): Promise<TestWorld> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'modelkeep-mapper-')));
  const libraryRoot = join(root, 'library');
  const appRoot = join(root, 'ComfyUI');
  await mkdir(libraryRoot);
  await mkdir(join(appRoot, 'custom_nodes'), { recursive: true });
  const path = join(root, 'state.db');
  const database = await openSqlite({ path, migrations: [mapperMigrations], synchronous: 'full', mode: 'in-thread' });
  const models = new Map<string, MappableModel>();
  const library: MapperOptions['library'] = {
    modelsById: async (ids) => ids.flatMap((id) => models.get(id) ?? []),
  };
  const open = (options: Partial<MapperOptions> = {}): Mapper =>
    createMapper({ registry: database, machineId: 'machine-1', library, ...options });
  return {
    root,
    libraryRoot,
    appRoot,
    database,
    models,
    mapper: open(),
    open,
    list: () => [...models.values()],
    async addModel(wanted) {
      const model = testModel(libraryRoot, wanted);
      for (const { name, content = name } of wanted.files ?? defaultFiles) {
        const path = join(model.folder, name);
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, content);
      }
      models.set(model.record.id, model);
      return model;
    },
    async removeModel({ record, folder }) {
      models.delete(record.id);
      await rm(folder, { recursive: true, force: true });
    },
    async close() {
      await database.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

const defaultFiles: readonly TestFile[] = [{ name: 'model.safetensors' }];

/** @internal A model without files on the disk. */
export function testModel(libraryRoot: string, { files = defaultFiles, ...facts }: TestModel): MappableModel {
  count += 1;
  const slug = facts.slug ?? `diffusion/flux1/model-${count}`;
  const time = new Date(Date.UTC(2026, 0, 1) + count * 1000).toISOString();
  const record: ModelRecord = {
    id: newId(),
    slug,
    place: { kind: 'library' },
    officialName: slug,
    cleanedName: slug,
    name: null,
    type: 'checkpoint',
    family: null,
    baseModel: null,
    format: 'safetensors',
    variant: null,
    precision: null,
    quantisation: null,
    parameterCount: null,
    description: null,
    tags: [],
    triggerWords: [],
    safety: null,
    licence: null,
    sizeBytes: 1,
    sources: [],
    sourceGroup: null,
    variantOf: null,
    companions: [],
    expectedFiles: [],
    complete: true,
    origins: {},
    revision: 1,
    importedAt: time,
    updatedAt: time,
    ...facts,
    files: files.map(testFile),
  };
  return { record, folder: join(libraryRoot, ...slug.split('/')) };
}

function testFile({ name, content = name, role = 'weights' }: TestFile): ModelFile {
  return {
    name,
    officialName: name,
    role,
    sizeBytes: Buffer.byteLength(content),
    sha256: sha256(content),
    blake3: null,
    gitSha1: null,
    source: null,
  };
}

/** @internal */
export function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** @internal Everything below a folder: links as `-> where`, files as their size, folders as `/`. */
export async function treeOf(folder: string): Promise<Record<string, string>> {
  const tree: Record<string, string> = {};
  const walk = async (path: string): Promise<void> => {
    for (const entry of (await readdir(path, { withFileTypes: true })).toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const inner = join(path, entry.name);
      const name = relative(folder, inner);
      if (entry.isSymbolicLink()) tree[name] = `-> ${await readlink(inner)}`;
      else if (entry.isDirectory()) {
        tree[name] = '/';
        await walk(inner);
      } else tree[name] = String((await lstat(inner)).size);
    }
  };
  await walk(folder);
  return tree;
}
