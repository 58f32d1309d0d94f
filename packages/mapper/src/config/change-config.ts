import type { MapperContext } from '../mapper-context.ts';
import { findProfile } from '../profiles/find-profile.ts';
import type { RegisteredFile } from '../registry/file-registry.ts';
import { configEditor } from './config-editors.ts';
import { readConfigFile, type FoundFile } from './config-file.ts';
import { otherView } from './other-view.ts';
import { wantedFiles, type WantedFilesOptions } from './config-sections.ts';

/** @internal One config file as it is, and as it is to be. */
export interface ConfigChange {
  readonly found: FoundFile;
  /** Below the app's folder, `/` between segments. */
  readonly path: string;
  /** null: the file goes. */
  readonly wanted: string | null;
  /** Why it cannot become that. */
  readonly problem: string | null;
  readonly registered: RegisteredFile | null;
  /** Whether anything of ours is in it then. */
  readonly isOurs: boolean;
}

/** @internal Compares the config files of an app with what follows from the links; those that are no longer needed lose our part. */
export async function configChanges(
  context: MapperContext,
  options: WantedFilesOptions,
): Promise<readonly ConfigChange[]> {
  const { place, signal } = options;
  const { app, appRoot, viewRoot, facts } = place;
  const registered = await context.files.list({ app, appRoot, viewRoot }, signal);
  const wanted = await wantedFiles(context, options);
  const changes: ConfigChange[] = [];
  const seen = new Set<string>();
  for (const { path, section } of wanted) {
    const found = await readConfigFile(context.fileSystem, { appRoot, path });
    seen.add(found.path);
    const row = registered.find((one) => one.path === found.path) ?? null;
    const isOurs = section.settings.length + section.models.length > 0;
    const base = { found, path, registered: row, isOurs };
    const other =
      found.problem !== null || found.text === null || row !== null
        ? null
        : await otherView(context.fileSystem, { text: found.text, viewRoot });
    if (found.problem !== null) changes.push({ ...base, wanted: null, problem: found.problem });
    else if (other !== null) {
      const { way, otherWays } = await findProfile(context.profiles, app);
      const beside = [way, ...otherWays].some(({ kind }) => kind === 'links')
        ? 'map this one by links, which may be beside them, or '
        : '';
      const problem = `it leads to the links of another library (${other}): ${beside}unlink the app there first`;
      changes.push({ ...base, wanted: null, problem });
    } else {
      const result = configEditor(facts.format, path).put(found.text, section);
      changes.push(
        result.problem === null
          ? { ...base, wanted: kept(result.text, { found, row }), problem: null }
          : { ...base, wanted: null, problem: result.problem },
      );
    }
  }
  for (const row of registered) if (!seen.has(row.path)) changes.push(await withoutOurs(context, row));
  return changes;
}

/** @internal The file of a row without what is ours. */
export async function withoutOurs(context: MapperContext, row: RegisteredFile): Promise<ConfigChange> {
  const path = relativeTo(row);
  const found = await readConfigFile(context.fileSystem, { appRoot: row.appRoot, path });
  const base = { found, path, registered: row, isOurs: false };
  if (found.problem !== null) return { ...base, wanted: null, problem: found.problem };
  if (found.text === null) return { ...base, wanted: null, problem: null };
  const result = configEditor(row.format, path).take(found.text);
  if (result.problem !== null) return { ...base, wanted: null, problem: result.problem };
  return { ...base, wanted: kept(result.text, { found, row }), problem: null };
}

/** A file that holds nothing any more goes, unless it was there and empty before. */
function kept(
  text: string,
  { found, row }: { readonly found: FoundFile; readonly row: RegisteredFile | null },
): string | null {
  if (text !== '') return text;
  const wasThere = found.problem === null && found.text !== null && (row === null || row.wasThere === 1);
  return wasThere ? text : null;
}

function relativeTo({ path, appRoot }: RegisteredFile): string {
  return path.slice(appRoot.length + 1).replaceAll('\\', '/');
}
