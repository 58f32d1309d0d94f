import type { LinkScope } from '../apply/recover-links.ts';
import { findViewRoot } from '../config/view-root.ts';
import type { MapperContext } from '../mapper-context.ts';

/** @internal The folders of links that a scope speaks of: the app's own, and those that its config files lead to. */
export async function scopesOf(context: MapperContext, scope: LinkScope): Promise<readonly LinkScope[]> {
  const { app, appRoot, signal } = scope;
  if (appRoot === undefined) return [scope];
  const viewRoots = new Set((await context.files.list({ app, appRoot }, signal)).map(({ viewRoot }) => viewRoot));
  /* A config file that could not be written has no row, and its links are there. */
  if (context.viewFolder !== null) {
    for (const { id } of context.profiles) {
      const viewRoot = app === undefined || app === id ? await findViewRoot(context, { app: id, appRoot }) : null;
      if (viewRoot !== null) viewRoots.add(viewRoot);
    }
  }
  return [scope, ...[...viewRoots].map((viewRoot) => ({ ...scope, appRoot: viewRoot }))];
}
