import { basename, isAbsolute } from 'node:path';
import { isTooWide } from '../app/app-root.ts';
import { isInside, isSafeRelativePath } from '../app/safe-names.ts';
import type { MapperContext } from '../mapper-context.ts';
import { findProfile } from '../profiles/find-profile.ts';
import type { RegisteredFile } from '../registry/file-registry.ts';
import { configEditor } from './config-editors.ts';
import { viewRootOf } from './view-root.ts';

/** A file as a database has it, and the texts that one change of it was between. */
type RecordedChange = Pick<RegisteredFile, 'app' | 'appRoot' | 'viewRoot' | 'format' | 'path'> & {
  readonly previous: string | null;
  readonly content: string | null;
};

/**
 * @internal Why what is recorded of a file is no change that a mapping could have made: it is no config file of the app, or more than
 * our part of it differs. A database may come from elsewhere, and what it says is written to no other file.
 *
 * @returns null for one that it could have made
 * @throws `mapper.unknown-app`
 */
export async function notOwnChange(context: MapperContext, change: RecordedChange): Promise<string | null> {
  const { app, appRoot, viewRoot, format, path, previous, content } = change;
  const profile = await findProfile(context.profiles, app);
  const facts = profile.configFiles.find((one) => one.format === format);
  const stranger = `it is no config file of ${profile.name} that was written here`;
  if (facts === undefined || !isAbsolute(appRoot) || !isInside(appRoot, path)) return stranger;
  const name = format === 'jan-yaml' ? 'model.yml' : basename(facts.path);
  const names = [name, ...(facts.windowsPath === null ? [] : [basename(facts.windowsPath)])];
  const below = path.slice(appRoot.length + 1).replaceAll('\\', '/');
  if (!names.includes(basename(below)) || !isSafeRelativePath(below)) return stranger;
  if (await isTooWide(context.fileSystem, appRoot)) return stranger;
  if (context.viewFolder !== null && viewRoot !== (await viewRootOf(context, { app, appRoot }))) return stranger;
  const editor = configEditor(format, path);
  const theirs = (text: string | null): string | null => {
    const rest = text === null ? { text: '', problem: null } : editor.take(text);
    return rest.problem === null ? rest.text : null;
  };
  const [before, after] = [theirs(previous), theirs(content)];
  return before !== null && before === after ? null : 'more of it would change than what was written here';
}
