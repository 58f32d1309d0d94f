import { dirname, join } from 'node:path';
import { systemCodeOf, type FileSystem } from '@modelkeep/io';
import { findAppRoot } from '../app/app-root.ts';
import type { LinkScope } from '../apply/recover-links.ts';
import { readMark } from '../links/link-mark.ts';
import type { MapperContext } from '../mapper-context.ts';
import type { MappableModel } from '../plan/mappable-model.ts';
import type { RegisteredLink } from '../registry/link-row.ts';
import { mapWithLimit, SMALL_CALLS_AT_ONCE } from '../support/map-with-limit.ts';
import type { CheckedLink, LinkHealth } from './link-health.ts';

const IDS_AT_ONCE = 500;

/** @internal Compares what is recorded with the disk and the library. Changes nothing. */
export async function checkLinks(context: MapperContext, scope: LinkScope): Promise<readonly CheckedLink[]> {
  const { app, appRoot, signal } = scope;
  const recorded = await context.links.list({ app, appRoot }, signal);
  const roots = await areThere(context, { app, roots: recorded.map((link) => link.appRoot), signal });
  const models = await modelsOf(context, recorded, signal);
  return mapWithLimit(recorded, {
    limit: SMALL_CALLS_AT_ONCE,
    run: async (link) => {
      signal?.throwIfAborted();
      if (roots.get(link.appRoot) !== true) return { link, health: 'app-root-gone' };
      return { link, health: await healthOf(context, link, models.get(link.modelId)) };
    },
  });
}

/** @internal Which folders of apps are there. */
export async function areThere(
  context: MapperContext,
  { app, roots, signal }: Pick<LinkScope, 'app' | 'signal'> & { readonly roots: readonly string[] },
): Promise<ReadonlyMap<string, boolean>> {
  const views = new Map((await context.files.list({ app }, signal)).map((file) => [file.viewRoot, file.appRoot]));
  const found = new Map<string, boolean>();
  for (const root of new Set(roots)) found.set(root, await isThere(context, root, views));
  return found;
}

/** A folder of links that is ours belongs to the app whose config leads there: without it, its links are missing. */
async function isThere(
  { fileSystem }: MapperContext,
  root: string,
  views: ReadonlyMap<string, string>,
): Promise<boolean> {
  if ((await findAppRoot(fileSystem, root)) === root) return true;
  const appRoot = views.get(root);
  if (appRoot === undefined || (await findAppRoot(fileSystem, dirname(dirname(root)))) === null) return false;
  return (await findAppRoot(fileSystem, appRoot)) === appRoot;
}

async function modelsOf(
  { library }: MapperContext,
  links: readonly RegisteredLink[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, MappableModel>> {
  const ids = [...new Set(links.map(({ modelId }) => modelId))];
  const models = new Map<string, MappableModel>();
  for (let start = 0; start < ids.length; start += IDS_AT_ONCE) {
    for (const model of await library.modelsById(ids.slice(start, start + IDS_AT_ONCE), { signal }))
      models.set(model.record.id, model);
  }
  return models;
}

async function healthOf(
  { hands, fileSystem }: MapperContext,
  link: RegisteredLink,
  model: MappableModel | undefined,
): Promise<LinkHealth> {
  const state = await hands.read(link.target, [link]);
  if (state.kind === 'absent') return 'missing';
  if (state.kind !== 'link' || state.is === null) return 'foreign';
  const isThere = await leadsSomewhere(fileSystem, link.target);
  const isOfLibrary = link.fileSha256 !== null && link.content === null;
  if (model === undefined) return isThere ? 'stale' : 'broken';
  if (isOfLibrary && !hasFile(model, link)) return hasContent(model, link) ? 'moved' : 'stale';
  if (!isThere) return 'broken';
  if (link.strategy !== 'hardlink') return 'ok';
  return (await isSameFile(fileSystem, link)) ? 'ok' : 'stale';
}

function hasFile({ record, folder }: MappableModel, { source, fileSha256 }: RegisteredLink): boolean {
  return record.files.some(({ at, name, sha256 }) => sha256 === fileSha256 && join(folder, at ?? name) === source);
}

function hasContent({ record }: MappableModel, { fileSha256 }: RegisteredLink): boolean {
  return record.files.some(({ sha256 }) => sha256 === fileSha256);
}

async function leadsSomewhere(fileSystem: FileSystem, target: string): Promise<boolean> {
  try {
    await fileSystem.stat(target);
    return true;
  } catch (error) {
    if (systemCodeOf(error) === undefined) throw error;
    return false;
  }
}

/** A repair gives the library another file of the same name: a hard link stays the old one. */
async function isSameFile(fileSystem: FileSystem, { source, mark }: RegisteredLink): Promise<boolean> {
  try {
    return (await fileSystem.lstat(source)).inode === readMark(mark).inode;
  } catch (error) {
    if (systemCodeOf(error) === undefined) throw error;
    return false;
  }
}
