import { findAppRoot } from '../app/app-root.ts';
import type { LinkScope } from '../apply/recover-links.ts';
import { configChanges, type ConfigChange } from '../config/change-config.ts';
import type { ConfigPlace } from '../config/config-place.ts';
import type { MapperContext } from '../mapper-context.ts';
import type { RegisteredFile } from '../registry/file-registry.ts';
import type { CheckedFile, ConfigHealth } from './config-health.ts';

/** @internal Compares the config files that something of ours is in with the links that they lead to. Changes nothing. */
export async function checkConfig(context: MapperContext, scope: LinkScope): Promise<readonly CheckedFile[]> {
  const checked: CheckedFile[] = [];
  for (const { place, rows } of await configPlaces(context, scope)) {
    const { app, appRoot, facts } = place;
    const base = { app, appRoot, format: facts.format, problem: null };
    if ((await findAppRoot(context.fileSystem, appRoot)) !== appRoot) {
      checked.push(...rows.map(({ path }) => ({ ...base, path, health: 'app-root-gone' as const })));
      continue;
    }
    const links = await context.links.list({ app, appRoot: place.viewRoot }, scope.signal);
    const there = links.filter(({ state }) => state !== 'removing');
    for (const change of await configChanges(context, { place, links: there, signal: scope.signal })) {
      const problem = change.found.problem ?? change.problem;
      checked.push({ ...base, path: change.found.path, health: healthOf(change), problem });
    }
  }
  return checked;
}

/** @internal The installations that are mapped by a config file, each with what is recorded of its files. */
export async function configPlaces(
  context: MapperContext,
  { app, appRoot, signal }: LinkScope,
): Promise<readonly { readonly place: ConfigPlace; readonly rows: readonly RegisteredFile[] }[]> {
  const rows = await context.files.list({ app, appRoot }, signal);
  const byView = Map.groupBy(rows, ({ viewRoot, format }) => JSON.stringify([viewRoot, format]));
  return [...byView.values()].flatMap((own) => {
    const [first] = own;
    const profile = context.profiles.find(({ id }) => id === first?.app);
    const facts = profile?.configFiles.find(({ format }) => format === first?.format);
    if (first === undefined || facts === undefined) return [];
    return [{ place: { app: first.app, appRoot: first.appRoot, viewRoot: first.viewRoot, facts }, rows: own }];
  });
}

function healthOf({ found, wanted, problem }: ConfigChange): ConfigHealth {
  if (found.problem !== null) return 'refused';
  if (found.text === null) return wanted === null && problem === null ? 'ok' : 'missing';
  if (problem !== null) return 'refused';
  return found.text === wanted ? 'ok' : 'edited';
}
