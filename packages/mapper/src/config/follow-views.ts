import { basename, dirname, isAbsolute, join } from 'node:path';
import { findAppRoot } from '../app/app-root.ts';
import type { MapperContext } from '../mapper-context.ts';
import { isViewName, realPath } from './view-root.ts';

/**
 * @internal The folders of links that config files lead to stand in the library and go where it goes: what is recorded of them where
 * they were is counted to where they are now. Each link there is as it was recorded, and the next plan leads it to the library again.
 */
export async function followViews(context: MapperContext): Promise<void> {
  const { viewFolder, fileSystem, views, exclusively } = context;
  if (viewFolder === null || !isAbsolute(viewFolder)) return;
  const parent = await realPath(fileSystem, viewFolder);
  for (const view of await views.roots()) {
    const { app, root: old } = view;
    const [name, oldParent] = [basename(old), dirname(old)];
    if (!isViewName(name, app) || basename(oldParent) !== basename(parent) || oldParent === parent) continue;
    const root = join(parent, name);
    const isMoved = async (): Promise<boolean> =>
      (await findAppRoot(fileSystem, old)) === null && (await findAppRoot(fileSystem, root)) === root;
    if (await isMoved()) await exclusively(() => views.move(view, { root, parent, oldParent }));
  }
}
