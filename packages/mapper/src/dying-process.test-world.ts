/* Mappers whose process ends at a given step, many to one process: what comes behind that step never happens. */
import { mkdir, mkdtemp, readFile, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createIo,
  linkMaker,
  nodeFileSystem,
  type FileSystem,
  type LinkStrategy,
  type SymlinkOptions,
  type WriteFileOptions,
} from '@modelkeep/io';
import { openSqlite, type SqliteDatabase } from '@modelkeep/sqlite';
import type { AppliedPlan } from './apply/applied-plan.ts';
import { sha256, testModel, type TestModel } from './mapper.test-world.ts';
import { createMapper, type Mapper } from './mapper.ts';
import type { MappableModel } from './plan/mappable-model.ts';
import { appProfiles } from './profiles/app-profiles.ts';
import type { AppProfile } from './profiles/app-profile.ts';
import { mapperMigrations } from './registry/migrations.ts';
import { COMMIT, storeProfile } from './stores/store-world.test-helper.ts';

/** @internal How an app is mapped in a scene. */
export interface MappingCase {
  readonly name: string;
  readonly profile: AppProfile;
  readonly prefer: LinkStrategy | undefined;
}

const [comfyui] = appProfiles;
if (comfyui === undefined) throw new Error('there is a profile');

/** @internal Every kind of link, and every store. */
export const mappingCases: readonly MappingCase[] = [
  { name: 'symlinks', profile: comfyui, prefer: undefined },
  { name: 'hard links', profile: comfyui, prefer: 'hardlink' },
  { name: 'copies', profile: comfyui, prefer: 'copy' },
  { name: 'Ollama', profile: storeProfile('ollama'), prefer: undefined },
  { name: 'Hugging Face', profile: storeProfile('hugging-face'), prefer: undefined },
  { name: 'LM Studio', profile: storeProfile('lm-studio'), prefer: undefined },
];

/** @internal One state database for all scenes: rows are kept apart by machine. */
export interface DyingWorld extends AsyncDisposable {
  scene(kind: MappingCase): Promise<Scene>;
}

/** @internal A library that has changed since the app was mapped. */
export interface Scene {
  readonly appRoot: string;
  /** What links say, without the folder of this scene. */
  readonly relative: (tree: Readonly<Record<string, string>>) => Readonly<Record<string, string>>;
  /** A mapper whose process ends before the step; null: never. Its promise never settles then. */
  mapper(killAt: number | null): {
    readonly mapper: Mapper;
    readonly steps: () => number;
    readonly died: Promise<'died'>;
  };
  apply(mapper: Mapper): Promise<AppliedPlan>;
  /** The library as it is later: one model is new, one is gone, one has moved. */
  change(): Promise<void>;
  close(): Promise<void>;
}

/** @internal */
export async function createDyingWorld(): Promise<DyingWorld> {
  /* Memory, where there is: a process that ends loses nothing that it has written. */
  const base = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  const root = await realpath(await mkdtemp(join(base, 'modelkeep-mapper-')));
  const database = await openSqlite({
    path: join(root, 'state.db'),
    migrations: [mapperMigrations],
    mode: 'in-thread',
  });
  const io = createIo({ workers: 'in-thread' });
  let count = 0;
  return {
    scene: (kind) => createScene({ kind, database, maker: linkMaker(io), root: join(root, String((count += 1))) }),
    async [Symbol.asyncDispose]() {
      await io.close();
      await database.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

interface SceneOptions {
  readonly kind: MappingCase;
  readonly database: SqliteDatabase;
  readonly maker: ReturnType<typeof linkMaker>;
  readonly root: string;
}

async function createScene({ kind, database, maker, root }: SceneOptions): Promise<Scene> {
  const { profile, prefer } = kind;
  const [appRoot, libraryRoot] = [join(root, 'app'), join(root, 'library')];
  const isStore = profile.way.kind === 'store';
  await mkdir(join(appRoot, isStore ? 'blobs' : 'models/vae'), { recursive: true });
  await writeFile(join(appRoot, 'mine'), 'mine');
  await symlink('/elsewhere', join(appRoot, isStore ? 'blobs/mine' : 'models/vae/mine.safetensors'));
  const models = new Map<string, MappableModel>();
  const add = async (name: string, type: 'vae' | 'lora'): Promise<void> => {
    const content = `the weights of ${name}`;
    const file = `${name}.${isStore ? 'gguf' : 'safetensors'}`;
    const wanted: TestModel = isStore
      ? { slug: `llm/${name}`, type: 'llm', format: 'gguf', cleanedName: name, files: [{ name: file, content }] }
      : { slug: `${type}/${name}`, type, files: [{ name: file, content }] };
    const { record, folder } = testModel(libraryRoot, wanted);
    const source = {
      provider: 'hf' as const,
      endpoint: null,
      repo: `acme/${name}`,
      revision: 'main',
      commit: COMMIT,
      path: file,
    };
    const files = record.files.map((one) => ({ ...one, source: isStore ? source : null }));
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, file), content);
    models.set(record.id, { record: { ...record, files }, folder });
  };
  const machineId = sha256(root);
  const linking =
    prefer === undefined ? undefined : { prefer, allowCopy: prefer === 'copy', appIgnoresLinks: prefer === 'copy' };

  for (const [name, type] of [
    ['moved', 'vae'],
    ['gone', 'vae'],
    ['kept', 'vae'],
    ['last', 'lora'],
  ] as const)
    await add(name, type);
  return {
    appRoot,
    relative: (tree) => Object.fromEntries(Object.entries(tree).map(([name, what]) => [name, what.replace(root, '')])),
    mapper(killAt) {
      const process = dyingPorts(database, killAt);
      const mapper = createMapper({
        registry: process.registry,
        fileSystem: process.fileSystem,
        machineId,
        profiles: [profile],
        maker: { ...maker, copy: process.counted((copying: Parameters<typeof maker.copy>[0]) => maker.copy(copying)) },
        library: { modelsById: async (ids) => ids.flatMap((id) => models.get(id) ?? []) },
      });
      return { mapper, steps: process.steps, died: process.died };
    },
    async apply(mapper) {
      return mapper.apply(await mapper.planLinks({ app: profile.id, appRoot, models: [...models.values()], linking }));
    },
    async change() {
      for (const { record, folder } of models.values()) {
        if (record.slug.endsWith('moved')) {
          await rename(folder, `${folder}-elsewhere`);
          models.set(record.id, { record, folder: `${folder}-elsewhere` });
        }
        if (record.slug.endsWith('gone') || record.slug.endsWith('last')) models.delete(record.id);
      }
      await add('new', 'lora');
    },
    async close() {
      if ((await readFile(join(appRoot, 'mine'), 'utf8')) !== 'mine') throw new Error('a file of the user was touched');
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** @internal */
export interface DyingPorts {
  readonly fileSystem: FileSystem;
  readonly registry: Pick<SqliteDatabase, 'all' | 'transaction'>;
  readonly counted: <A extends unknown[], R>(call: (...args: A) => Promise<R>) => (...args: A) => Promise<R>;
  readonly steps: () => number;
  readonly died: Promise<'died'>;
}

/** @internal Steps are before and behind each call that changes something. At the given one the process is no more: no call returns. */
export function dyingPorts(database: SqliteDatabase, killAt: number | null): DyingPorts {
  let steps = 0;
  let isDead = false;
  const { promise: died, resolve: die } = Promise.withResolvers<'died'>();
  const never = new Promise<never>(() => {});
  const step = async (): Promise<void> => {
    if (steps === killAt && !isDead) {
      isDead = true;
      die('died');
    }
    steps += 1;
    if (isDead) await never;
  };
  const counted: DyingPorts['counted'] =
    (call) =>
    async (...args) => {
      await step();
      const result = await call(...args);
      await step();
      return result;
    };
  return {
    died,
    counted,
    steps: () => steps,
    fileSystem: {
      ...nodeFileSystem,
      mkdir: counted((path: string) => nodeFileSystem.mkdir(path)),
      symlink: counted((link: SymlinkOptions) => nodeFileSystem.symlink(link)),
      link: counted((from: string, to: string) => nodeFileSystem.link(from, to)),
      reflink: counted((from: string, to: string) => nodeFileSystem.reflink(from, to)),
      writeFile: counted((path: string, options: WriteFileOptions) => nodeFileSystem.writeFile(path, options)),
      rename: counted((from: string, to: string) => nodeFileSystem.rename(from, to)),
      unlink: counted((path: string) => nodeFileSystem.unlink(path)),
      rmdir: counted((path: string) => nodeFileSystem.rmdir(path)),
      fsyncFolder: async () => {},
    },
    registry: {
      all: (...args) => database.all(...args),
      transaction: counted((...args: Parameters<SqliteDatabase['transaction']>) => database.transaction(...args)),
    },
  };
}
