import { isAbsolute, sep } from 'node:path';
import { ModelkeepError } from '@modelkeep/core';
import { isInside } from '../app/safe-names.ts';
import { inTurns } from '../support/in-turns.ts';
import type { MappableModel } from './mappable-model.ts';

/**
 * @internal The folders that the libraries of these models are in, where the models' folders follow their slugs.
 * @throws `core.invalid-argument` for a folder that is not absolute
 */
export async function libraryRootsOf(
  models: readonly MappableModel[],
  signal?: AbortSignal,
): Promise<ReadonlySet<string>> {
  const roots = new Set<string>();
  let last: string | null = null;
  for await (const some of inTurns(models, { signal })) {
    for (const { record, folder } of some) {
      const slug = sep === '/' ? record.slug : record.slug.replaceAll('/', sep);
      if (last !== null && isAt(folder, last, slug)) continue;
      if (!isAbsolute(folder)) throw notAbsolute(folder);
      if (!folder.endsWith(`${sep}${slug}`) || folder.length <= slug.length + 1) continue;
      last = folder.slice(0, -slug.length - 1);
      roots.add(last);
    }
  }
  return roots;
}

/** Whether a folder is `<root><sep><slug>`. */
function isAt(folder: string, root: string, slug: string): boolean {
  if (folder.length !== root.length + 1 + slug.length || folder[root.length] !== sep) return false;
  return folder.startsWith(root) && folder.endsWith(slug);
}

/**
 * @internal
 * @throws `mapper.app-root` when the app's folder is a library itself, or a folder of its models; an app may well be beside these
 */
export function refuseLibraryAsApp({
  appRoot,
  libraryRoots,
  models,
}: {
  readonly appRoot: string;
  readonly models: readonly MappableModel[];
  readonly libraryRoots: ReadonlySet<string>;
}): void {
  if (![...libraryRoots].some((root) => isInside(root, appRoot))) return;
  const isOfModels = models.some(({ folder }) => isInside(appRoot, folder) || isInside(folder, appRoot));
  if (!isOfModels) return;
  const reason = libraryRoots.has(appRoot)
    ? 'it is the folder of the library itself'
    : 'the library has its models there';
  throw new ModelkeepError('mapper.app-root', {
    message: `${appRoot} cannot be the folder of an app: ${reason}`,
    facts: { path: appRoot, reason },
    hint: 'give the folder that the app is installed in',
  });
}

function notAbsolute(folder: string): ModelkeepError {
  return new ModelkeepError('core.invalid-argument', {
    message: `the folder of a model is not absolute: ${folder}`,
    facts: { argument: 'models', found: folder },
    hint: 'links need absolute paths',
  });
}
