import { importModes, weightsFormats, type ImportMode, type WeightsFormat } from '@modelkeep/core';
import { z } from 'zod';

const text = z.string().min(1).max(4_096);
const texts = z.array(text).max(10_000);
const some = texts.min(1);
const models = texts.optional();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** Which models a job is about: ids or slugs. @default all */
interface SomeModels {
  readonly models?: readonly string[] | undefined;
}

/** What jobs of each type are given: what the operation of that name takes. */
export interface LibraryJobPayloads {
  /** As `planDownload` and `download` take it. */
  readonly download: {
    readonly reference: string;
    readonly include?: readonly string[] | undefined;
    readonly exclude?: readonly string[] | undefined;
    readonly format?: readonly WeightsFormat[] | undefined;
    readonly quantisation?: readonly string[] | undefined;
    readonly precision?: readonly string[] | undefined;
    readonly component?: readonly string[] | undefined;
    readonly revision?: string | undefined;
    readonly sha256?: string | undefined;
    readonly volume?: string | undefined;
    readonly makeRoom?: boolean | undefined;
  };
  /** Artifacts of repos by their ids, as `repos.download` takes them. */
  readonly 'download-artifacts': {
    readonly ids: readonly string[];
    readonly volume?: string | undefined;
    readonly makeRoom?: boolean | undefined;
  };
  /** Registers the repo where it is not, and syncs it. */
  readonly sync: { readonly reference: string; readonly smallFileBytes?: number | undefined };
  readonly import: {
    readonly paths: readonly string[];
    readonly mode?: ImportMode | undefined;
    readonly trustStores?: boolean | undefined;
    readonly volume?: string | undefined;
  };
  readonly scan: {
    readonly roots: readonly string[];
    readonly maxHashBytes?: number | undefined;
    readonly trustStores?: boolean | undefined;
    readonly enrich?: boolean | undefined;
    readonly followConfigs?: boolean | undefined;
    readonly wide?: boolean | undefined;
  };
  readonly hash: SomeModels;
  readonly enrich: SomeModels & {
    readonly hub?: 'known' | 'search' | undefined;
    readonly renew?: boolean | undefined;
  };
  readonly verify: { readonly depth?: 'hash' | 'size' | undefined };
  /** Fetches a content from another server, as `servers.fetch` does. */
  readonly copy: { readonly sha256: string };
  /** Tells the other servers what this library has, as `servers.syncInventory` does: to be scheduled where nothing serves. */
  readonly 'sync-inventory': Readonly<Record<string, never>>;
  /** Links the models into an app's folders. */
  readonly map: {
    readonly app: string;
    readonly appRoot: string;
    readonly appVersion?: string | undefined;
    readonly modelConfig?: string | undefined;
  };
}

/** What a library does as a job. */
export type LibraryJobType = keyof LibraryJobPayloads;

/** @internal What jobs of each type are given; what is not named here is refused. */
export const payloads: { readonly [T in LibraryJobType]: z.ZodType<LibraryJobPayloads[T]> } = {
  download: z.strictObject({
    reference: text,
    include: texts.optional(),
    exclude: texts.optional(),
    format: z.array(z.enum(weightsFormats)).optional(),
    quantisation: texts.optional(),
    precision: texts.optional(),
    component: texts.optional(),
    revision: text.optional(),
    sha256: text.optional(),
    volume: text.optional(),
    makeRoom: z.boolean().optional(),
  }),
  'download-artifacts': z.strictObject({
    ids: some,
    volume: text.optional(),
    makeRoom: z.boolean().optional(),
  }),
  sync: z.strictObject({ reference: text, smallFileBytes: z.number().min(0).optional() }),
  import: z.strictObject({
    paths: some,
    mode: z.enum(importModes).optional(),
    trustStores: z.boolean().optional(),
    volume: text.optional(),
  }),
  scan: z.strictObject({
    roots: some,
    maxHashBytes: z.number().positive().optional(),
    trustStores: z.boolean().optional(),
    enrich: z.boolean().optional(),
    followConfigs: z.boolean().optional(),
    wide: z.boolean().optional(),
  }),
  hash: z.strictObject({ models }),
  enrich: z.strictObject({ models, hub: z.enum(['known', 'search']).optional(), renew: z.boolean().optional() }),
  verify: z.strictObject({ depth: z.enum(['hash', 'size']).optional() }),
  copy: z.strictObject({ sha256 }),
  'sync-inventory': z.strictObject({}),
  map: z.strictObject({ app: text, appRoot: text, appVersion: text.optional(), modelConfig: text.optional() }),
};

/** @internal */
export const libraryJobTypes: readonly LibraryJobType[] = Object.keys(payloads) as LibraryJobType[];
