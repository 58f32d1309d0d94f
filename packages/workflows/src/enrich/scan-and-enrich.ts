import { startOperation, type Operation } from '@modelkeep/core';
import type { ScanOptions, ScanReport, WatchOptions } from '@modelkeep/library';
import type { FileSystem } from '@modelkeep/io';
import { findConfigFolders, type ConfigFolder } from './config-folders.ts';
import { enrichLibrary } from './enrich-library.ts';
import type { EnrichContext, EnrichOptions, EnrichReport } from './enrich-types.ts';

/** How folders are scanned, and what is asked about what they hold. */
export interface ScanRequest extends ScanOptions {
  /** Whether the models that are new, changed or there again are enriched then, and how. @default false */
  readonly enrich?: boolean | Omit<EnrichOptions, 'models' | 'signal'> | undefined;
  /**
   * Whether folders are scanned as well that the config file of an app in one of the given folders leads to: the
   * `extra_model_paths.yaml` of ComfyUI. Without it those outside of the given folders are only named in `configFolders`.
   *
   * @default false
   */
  readonly followConfigs?: boolean | undefined;
  /** What variables in such files stand for, such as `process.env`. @default none: they are left as they are written */
  readonly configVariables?: Readonly<Record<string, string | undefined>> | undefined;
}

/** How folders are watched, and what is asked about what comes. */
export interface WatchRequest extends ScanRequest, WatchOptions {}

/** What a scan found, and what enriching added to it. Plain data. */
export interface ScanResult extends ScanReport {
  /** Where else the apps in the given folders look for models, by their config files. */
  readonly configFolders: readonly ConfigFolder[];
  /** Absent where it was not asked for. */
  readonly enriched?: EnrichReport | undefined;
}

/** @internal Scans, then enriches what the scan has changed. */
export function scanAndEnrich(
  context: EnrichContext & { readonly fileSystem: FileSystem },
  roots: readonly string[],
  { enrich = false, followConfigs = false, configVariables: variables, ...options }: ScanRequest,
): Operation<ScanResult> {
  return startOperation(async (tell) => {
    const { fileSystem, store } = context;
    const search = { fileSystem, library: store.root, follow: followConfigs, variables };
    const { folders: configFolders, problems } = await findConfigFolders(roots, search);
    const followed = configFolders.filter(({ state }) => state === 'scanned').map(({ path }) => path);
    const scan = store.scan([...roots, ...followed], options);
    scan.progress.subscribe((progress) => {
      if (enrich === false || progress.phase !== 'done') tell(progress);
    });
    const scanned = await scan.result;
    const report = { ...scanned, skipped: [...scanned.skipped, ...problems], configFolders };
    if (enrich === false) return report;
    const { added, updated, moved, returned } = report;
    const models = [...new Set([...added, ...updated, ...moved, ...returned].map(({ id }) => id))];
    const request = enrich === true ? {} : enrich;
    const second = enrichLibrary(context, { ...request, models, signal: options.signal });
    second.progress.subscribe((progress) => tell(progress));
    return { ...report, enriched: await second.result };
  });
}
