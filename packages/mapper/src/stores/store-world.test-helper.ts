import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelRecord } from '@modelkeep/core';
import { createIo, linkMaker, type Io } from '@modelkeep/io';
import { createWorld, type TestModel, type TestWorld } from '../mapper.test-world.ts';
import type { Mapper, MapperOptions } from '../mapper.ts';
import type { MappableModel } from '../plan/mappable-model.ts';
import type { AppliedPlan } from '../apply/applied-plan.ts';
import type { LinkPlan } from '../plan/link-plan.ts';
import type { PlanLinksOptions } from '../plan/plan-links.ts';
import type { AppProfile } from '../profiles/app-profile.ts';
import { appProfiles } from '../profiles/app-profiles.ts';
import type { StoreFormat } from '../profiles/mapping-way.ts';

const ids: Readonly<Record<StoreFormat, string>> = {
  ollama: 'ollama',
  'hugging-face': 'transformers',
  'lm-studio': 'lm-studio',
};

/** @internal The profile of the app whose store has this format. */
export function storeProfile(format: StoreFormat): AppProfile {
  const profile = appProfiles.find(({ id }) => id === ids[format]);
  if (profile === undefined) throw new Error(`there is no profile for ${format}`);
  return profile;
}

/** @internal */
export interface StoreWorld extends Omit<TestWorld, 'open'> {
  readonly storeRoot: string;
  readonly mapper: Mapper;
  readonly io: Io;
  open(options?: Partial<MapperOptions>): Mapper;
  plan(options?: Partial<PlanLinksOptions>): Promise<LinkPlan>;
  apply(options?: Partial<PlanLinksOptions>): Promise<AppliedPlan>;
  /** A model from a repo of the Hub: files above 20 bytes are in LFS, others are known by git's hash. */
  addHubModel(repo: string, files: Readonly<Record<string, string>>, facts?: TestModel): Promise<MappableModel>;
}

export const COMMIT = '0123456789abcdef0123456789abcdef01234567';

/** @internal A library and the store of a tool in a temporary folder. */
export async function createStoreWorld(format: StoreFormat): Promise<StoreWorld> {
  const world = await createWorld();
  const storeRoot = join(world.root, 'store');
  await mkdir(storeRoot);
  const io = createIo({ workers: 'in-thread' });
  const open: StoreWorld['open'] = (options = {}) => world.open({ maker: linkMaker(io), ...options });
  const mapper = open();
  const plan: StoreWorld['plan'] = (options = {}) =>
    mapper.planLinks({ app: ids[format], appRoot: storeRoot, models: world.list(), ...options });
  return {
    ...world,
    storeRoot,
    io,
    mapper,
    open,
    plan,
    apply: async (options) => mapper.apply(await plan(options)),
    async addHubModel(repo, files, facts = {}) {
      const model = await world.addModel({
        type: 'llm',
        format: 'gguf',
        family: 'llama',
        ...facts,
        files: Object.entries(files).map(([name, content]) => ({
          name,
          content,
          role: /\.(?:gguf|safetensors)$/u.test(name) ? 'weights' : 'config',
        })),
      });
      const withSources: ModelRecord = {
        ...model.record,
        files: model.record.files.map((file) => {
          const content = files[file.name] ?? '';
          const source = {
            provider: 'hf' as const,
            endpoint: null,
            repo,
            revision: 'main',
            commit: COMMIT,
            path: file.name,
          };
          return { ...file, source, gitSha1: content.length > 20 ? null : gitSha1(content) };
        }),
      };
      const changed = { ...model, record: withSources };
      world.models.set(model.record.id, changed);
      return changed;
    },
    async close() {
      await io.close();
      await world.close();
    },
  };
}

/** @internal */
export function gitSha1(content: string): string {
  return createHash('sha1')
    .update(`blob ${Buffer.byteLength(content)}\0${content}`)
    .digest('hex');
}
