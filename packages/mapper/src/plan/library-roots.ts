import { isAbsolute, sep } from 'node:path';
import { ModelkeepError } from '@modelkeep/core';
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
  for await (const some of inTurns(models, signal)) {
    let last = '';
    for (const { record, folder } of some) {
      const end = `${sep}${sep === '/' ? record.slug : record.slug.replaceAll('/', sep)}`;
      if (last !== '' && folder === `${last}${end}`) continue;
      if (!isAbsolute(folder)) throw notAbsolute(folder);
      if (!folder.endsWith(end) || folder.length <= end.length) continue;
      last = folder.slice(0, -end.length);
      roots.add(last);
    }
  }
  return roots;
}

/**
 * @internal
 * @throws `mapper.app-root` when the app's folder is a library itself
 */
export function refuseLibraryAsApp({
  appRoot,
  libraryRoots,
}: {
  readonly appRoot: string;
  readonly libraryRoots: ReadonlySet<string>;
}): void {
  if (!libraryRoots.has(appRoot)) return;
  const reason = 'it is the folder of the library itself';
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
