import { resolve } from 'node:path';
import { ModelkeepError } from '@modelkeep/core';
import { knownApps, type Library } from 'modelkeep';

/** In place of an app: the one that the folder looks like. */
const DETECT = 'auto';

/** @internal The app that is meant. @throws `mapper.unknown-app` */
export async function appOf(
  library: Library,
  { app, appRoot, signal }: { readonly app: string; readonly appRoot: string; readonly signal: AbortSignal },
): Promise<string> {
  return app === DETECT ? detected(library, appRoot, signal) : app;
}

async function detected(library: Library, appRoot: string, signal: AbortSignal): Promise<string> {
  const found = await library.detectApp(appRoot, { signal });
  if (found !== null) return found.app;
  const known = (await knownApps()).map(({ app }) => app);
  throw new ModelkeepError('mapper.unknown-app', {
    message: `${appRoot} looks like no app that is known`,
    facts: { app: DETECT, known },
    hint: `name the app: ${known.join(', ')}`,
  });
}

/**
 * @internal The app whose links are asked for: one that is known, or that links were made for. A name that is mistyped has none, and would
 * be told that nothing is there.
 *
 * @throws `mapper.unknown-app`
 */
export async function linkedAppOf(
  library: Library,
  place: { readonly app: string; readonly appRoot: string; readonly signal: AbortSignal },
): Promise<string> {
  const app = await appOf(library, place);
  const known = (await knownApps()).map((one) => one.app);
  if (known.includes(app)) return app;
  const { signal } = place;
  const links = await library.checkLinks({ app, signal });
  if (links.length > 0 || (await library.linkRuns({ app, signal })).length > 0) return app;
  throw new ModelkeepError('mapper.unknown-app', {
    message: `there is no app called "${app}", and no links into one`,
    facts: { app, known },
    hint: `known apps: ${known.join(', ')}`,
  });
}

/** @internal An empty text is a variable that was not set, and would mean the folder one happens to stand in. */
export function folderOf(directory: string): string {
  if (directory !== '') return resolve(directory);
  throw new ModelkeepError('core.invalid-argument', {
    message: "the app's folder is empty",
    facts: { argument: 'dir', found: '' },
    hint: 'name the folder; "." is the one you are in',
  });
}
