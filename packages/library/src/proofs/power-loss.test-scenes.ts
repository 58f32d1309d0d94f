import { systemClock, type Clock } from '@modelkeep/core';
import type { LibraryStore } from '../open-library-store.ts';
import { removeTree } from '../transaction/remove-tree.ts';
import { ROOT, type Drive, type ModelStores } from './model-store.test-helper.ts';
import {
  download,
  hoursLater,
  importSources,
  lora,
  moveSources,
  otherLora,
  placeSources,
  sha256Of,
  vae,
} from './scenes.test-helper.ts';

/** What a scene works with. */
export interface SceneParts {
  readonly store: LibraryStore;
  readonly drive: Drive;
  /** Says that this model has to be there from now on. */
  readonly promise: (slug: string) => void;
}

/** Work on a library that a power loss interrupts. */
export interface Scene {
  readonly name: string;
  readonly reflinks: boolean;
  /** @default true; a drive with neither has each file once */
  readonly hardlinks?: boolean;
  readonly clock: Clock;
  /** The library is damaged from the start: it is looked at after a repair. */
  readonly damaged?: boolean;
  /** Models that are there from the start. */
  readonly promised: readonly string[];
  prepare(drive: Drive, stores: ModelStores): Promise<void>;
  run(parts: SceneParts): Promise<void>;
}

const LINE = 'lora/flux1/line';
const VAE = 'vae/other/vae';
const PIPELINE = 'other/other/x';
const vaeAlone = { 'vae.safetensors': vae };
const pipeline = {
  'model_index.json': Buffer.from(
    '{"_class_name": "Pipeline", "unet": ["diffusers", "Unet"], "vae": ["diffusers", "Vae"]}',
  ),
  'unet/model.safetensors': otherLora,
  'vae/model.safetensors': vae,
};

async function withLibrary(
  drive: Drive,
  stores: ModelStores,
  work: (store: LibraryStore) => Promise<void>,
): Promise<void> {
  await using store = await stores.open(drive, { index: 'prepared' });
  await work(store);
}

const importing: Omit<Scene, 'name' | 'reflinks'> = {
  clock: systemClock,
  promised: [],
  prepare: (drive) => placeSources(drive),
  async run({ store, promise }) {
    await importSources(store, ['one']);
    promise(LINE);
    await importSources(store, ['two']);
    promise(VAE);
  },
};

/** Files that lose their names once they are in the library. */
const moving: Omit<Scene, 'name' | 'reflinks'> = {
  ...importing,
  async run({ store, drive, promise }) {
    await moveSources(store, drive);
    promise(LINE);
    promise(VAE);
  },
};

const both = { 'line.safetensors': lora, 'vae.safetensors': vae };

const picture = {
  bytes: Buffer.from('\u0089PNG\r\n\u001a\n and more', 'latin1'),
  source: {
    provider: 'local',
    endpoint: null,
    repo: null,
    revision: null,
    commit: null,
    path: '/sources/one/line.png',
  },
} as const;

async function addPicture(store: LibraryStore, slug: string): Promise<void> {
  const { preview } = await store.addPreview(await store.resolve(slug), picture);
  if (preview === undefined) throw new Error(`${slug} has no picture`);
}

/** The work during which the power goes. */
export const scenes: readonly Scene[] = [
  { ...importing, name: 'an import with hard links', reflinks: false },
  { ...importing, name: 'an import with reflinks', reflinks: true },
  { ...moving, name: 'an import by move', reflinks: false },
  {
    name: 'a download beside a model',
    reflinks: false,
    clock: systemClock,
    promised: [LINE],
    async prepare(drive, stores) {
      await placeSources(drive);
      await withLibrary(drive, stores, (store) => importSources(store, ['one']));
    },
    async run({ store, drive, promise }) {
      await download(store, drive, { commit: 'a', files: { 'other.safetensors': otherLora, 'vae.safetensors': vae } });
      promise('lora/flux1/other');
      promise(VAE);
    },
  },
  {
    name: 'an update of a model, and a picture for it',
    reflinks: false,
    clock: systemClock,
    promised: [LINE],
    async prepare(drive, stores) {
      const files = { 'line.safetensors': lora, 'README.md': Buffer.from('first') };
      await withLibrary(drive, stores, (store) => download(store, drive, { commit: 'a', files }));
    },
    async run({ store, drive }) {
      for (const [commit, words] of Object.entries({ b: 'second', c: 'third' })) {
        const files = { 'line.safetensors': lora, 'README.md': Buffer.from(words) };
        await download(store, drive, { commit, files });
      }
      await addPicture(store, LINE);
    },
  },
  {
    name: 'an eviction that is taken back',
    reflinks: false,
    clock: systemClock,
    promised: [LINE, VAE],
    async prepare(drive, stores) {
      await withLibrary(drive, stores, (store) => download(store, drive, { commit: 'a', files: both }));
    },
    async run({ store, drive }) {
      await store.evict({ freeBytes: 1e9 }).result;
      await download(store, drive, { commit: 'a', files: { 'line.safetensors': lora } });
      await download(store, drive, { commit: 'a', files: both });
      for (const slug of [LINE, VAE]) {
        const { complete } = await store.resolve(slug);
        if (!complete) throw new Error(`${slug} did not come back`);
      }
    },
  },
  {
    name: 'a collection of garbage that is wanted again',
    reflinks: false,
    clock: hoursLater(25),
    promised: [LINE],
    async prepare(drive, stores) {
      await placeSources(drive);
      await withLibrary(drive, stores, (store) => importSources(store));
      await removeTree(drive.fileSystem, `${ROOT}/${VAE}`);
      await drive.fileSystem.fsyncFolder(`${ROOT}/vae/other`);
    },
    async run({ store, drive, promise }) {
      await store.collectGarbage().result;
      await download(store, drive, { commit: 'a', files: { 'vae.safetensors': vae } });
      promise(VAE);
      await store.collectGarbage({ graceMs: 0 }).result;
    },
  },
  {
    name: 'a repair',
    damaged: true,
    reflinks: false,
    clock: systemClock,
    promised: [LINE, VAE],
    async prepare(drive, stores) {
      await placeSources(drive);
      await withLibrary(drive, stores, (store) => importSources(store));
      await doDamage(drive);
    },
    async run({ store, drive }) {
      await store.repair(await store.verify());
      await refetch(store, drive);
      await store.repair(await store.verify());
    },
  },
  {
    name: 'an eviction without links',
    reflinks: false,
    hardlinks: false,
    clock: systemClock,
    promised: [LINE, VAE, PIPELINE],
    prepare: (drive, stores) =>
      withLibrary(drive, stores, async (store) => {
        await download(store, drive, { commit: 'a', files: both });
        await download(store, drive, { commit: 'd', files: pipeline });
      }),
    async run({ store, drive }) {
      // The pipeline refers to the weights of another model: they stay.
      const { evicted } = await store.evict({ freeBytes: 1e9, models: [LINE, VAE] }).result;
      if (evicted.some(({ slug }) => slug === VAE)) throw new Error('what others need is evicted');
      await store.evict({ freeBytes: 1e9 }).result;
      await download(store, drive, { commit: 'd', files: pipeline });
    },
  },
  { ...importing, name: 'an import without links', reflinks: false, hardlinks: false },
  {
    name: 'an update, a picture and a deletion without links',
    reflinks: false,
    hardlinks: false,
    clock: systemClock,
    promised: [PIPELINE],
    prepare: (drive, stores) =>
      withLibrary(drive, stores, async (store) => {
        await download(store, drive, { commit: 'a', files: { ...vaeAlone, 'README.md': Buffer.from('first') } });
        await download(store, drive, { commit: 'd', files: pipeline });
      }),
    async run({ store, drive }) {
      await download(store, drive, { commit: 'b', files: { ...vaeAlone, 'README.md': Buffer.from('second') } });
      await addPicture(store, VAE);
      // The pipeline only referred to its weights.
      await store.remove(VAE);
    },
  },
  {
    name: 'a collection of garbage and a repair without links',
    damaged: true,
    reflinks: false,
    hardlinks: false,
    clock: hoursLater(25),
    promised: [LINE],
    async prepare(drive, stores) {
      await placeSources(drive);
      await withLibrary(drive, stores, async (store) => {
        await importSources(store);
        await store.remove(VAE);
      });
      await trashWeights(drive);
    },
    async run({ store, drive, promise }) {
      await store.repair(await store.verify());
      await store.collectGarbage().result;
      await download(store, drive, { commit: 'a', files: vaeAlone });
      promise(VAE);
      await store.collectGarbage({ graceMs: 0 }).result;
    },
  },
];

/** A file of a model is missing, one blob is in the trash and another one gone. */
async function doDamage({ fileSystem }: Drive): Promise<void> {
  const [blobs, trash] = [`${ROOT}/blobs/sha256`, `${ROOT}/.modelkeep/trash/20260101T000000000Z`];
  await fileSystem.unlink(`${ROOT}/${LINE}/line.json`);
  await fileSystem.mkdir(trash);
  await fileSystem.rename(`${blobs}/${sha256Of(lora)}`, `${trash}/${sha256Of(lora)}`);
  await fileSystem.unlink(`${blobs}/${sha256Of(vae)}`);
  for (const folder of [`${ROOT}/${LINE}`, blobs, trash, `${ROOT}/.modelkeep/trash`])
    await fileSystem.fsyncFolder(folder);
}

/** The weights of a model are in the trash and nowhere else. */
async function trashWeights({ fileSystem }: Drive): Promise<void> {
  const [model, trash] = [`${ROOT}/${LINE}`, `${ROOT}/.modelkeep/trash/20260101T000000000Z`];
  await fileSystem.mkdir(trash);
  await fileSystem.rename(`${model}/line.safetensors`, `${trash}/${sha256Of(lora)}`);
  for (const folder of [model, trash, `${ROOT}/.modelkeep/trash`]) await fileSystem.fsyncFolder(folder);
}

/** Bytes that were fetched anew take the place of a blob. */
async function refetch(store: LibraryStore, { fileSystem }: Drive): Promise<void> {
  const source = { provider: 'url', endpoint: null, repo: null, revision: null, commit: null, path: null } as const;
  const content = { sizeBytes: vae.byteLength, sha256: sha256Of(vae), gitSha1: null };
  const transaction = await store.begin([{ ...content, name: 'again', source }], { renew: true });
  const part = transaction.files[0]?.part ?? '';
  await fileSystem.writeFile(part, { data: vae });
  await transaction.publish('again', { ...content, blake3: null });
  await transaction.discard();
}
