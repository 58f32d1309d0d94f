import { dirname } from 'node:path';
import { findAppRoot } from '../app/app-root.ts';
import { recoverConfig, syncConfig } from '../config/apply-config.ts';
import { ensureViewRoot } from '../config/ensure-view-root.ts';
import type { AppliedFile } from '../config/planned-file.ts';
import type { LinkScope } from '../apply/recover-links.ts';
import type { MapperContext } from '../mapper-context.ts';
import { checkConfig, configPlaces } from './check-config.ts';
import type { CheckedFile } from './config-health.ts';

/** What a repair of config files did. Plain data. */
export interface RepairedConfig {
  /** What was found before anything was done. */
  readonly checkedFiles: readonly CheckedFile[];
  /** What became of the config files that were not `ok`. */
  readonly files: readonly AppliedFile[];
}

/** @internal Folders of links that somebody removed are made again, so that the links in them can be. */
export async function restoreViewRoots(context: MapperContext, scope: LinkScope): Promise<void> {
  const isThere = async (path: string): Promise<boolean> => (await findAppRoot(context.fileSystem, path)) !== null;
  for (const { place } of await configPlaces(context, scope)) {
    const { appRoot, viewRoot } = place;
    if (await isThere(viewRoot)) continue;
    /* Its drive, or that of the app, may not be connected. */
    if ((await isThere(dirname(dirname(viewRoot)))) && (await isThere(appRoot)))
      await ensureViewRoot(context, { app: place.app, appRoot: viewRoot });
  }
}

/** @internal Writes what is missing in config files, or was changed, anew. What cannot be changed is left alone. */
export async function repairConfig(context: MapperContext, scope: LinkScope): Promise<RepairedConfig> {
  await recoverConfig(context, scope);
  const checkedFiles = await checkConfig(context, scope);
  const bad = new Set(checkedFiles.filter(({ health }) => health !== 'ok' && health !== 'app-root-gone').map(pathOf));
  const files: AppliedFile[] = [];
  for (const { place } of await configPlaces(context, scope)) {
    if (!checkedFiles.some((file) => file.appRoot === place.appRoot && file.app === place.app && bad.has(file.path)))
      continue;
    const written = await syncConfig(context, { place, runId: null, expected: null, signal: scope.signal });
    files.push(...written.filter(({ path }) => bad.has(path)));
  }
  return { checkedFiles, files };
}

function pathOf({ path }: { readonly path: string }): string {
  return path;
}
