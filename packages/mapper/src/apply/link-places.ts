import { dirname } from 'node:path';
import { systemCodeOf } from '@modelkeep/io';
import { ensureTargetFolder, type EnsureFolderOptions } from '../app/ensure-target-folder.ts';
import { ensureViewRoot } from '../config/ensure-view-root.ts';
import { isViewRoot } from '../config/view-root.ts';
import { isSafeRelativePath } from '../app/safe-names.ts';
import type { TargetFolder } from '../app/target-folder.ts';
import type { LinkReason } from '../plan/link-reason.ts';
import { knownFoldersOf, type KnownFolders } from '../translation/known-folders.ts';
import type { RegisteredLink } from '../registry/link-row.ts';
import type { MapperContext } from '../mapper-context.ts';

/** @internal Checks the folders of links once per run. */
export interface LinkPlaces {
  /** Makes the folder of a link; answers why the link may not be made there, or null. @throws `io.*` */
  prepare(link: RegisteredLink): Promise<LinkReason | null>;
  /** Answers why the link at this path may not be touched, or null. */
  verify(target: string): Promise<LinkReason | null>;
}

/** @internal */
export function createLinkPlaces(context: MapperContext): LinkPlaces {
  const { fileSystem, folders } = context;
  const known = new Map<string, Promise<KnownFolders>>();
  const made = new Map<string, Promise<TargetFolder>>();
  /* One at a time: two folders may lack the same parent, and who records it has to be who makes it. */
  let last: Promise<unknown> = Promise.resolve();
  const makeNext = (request: EnsureFolderOptions): Promise<TargetFolder> => {
    const making = last.then(async () => {
      /* Another process has removed it when it was empty. */
      if (await isViewRoot(context, request)) await ensureViewRoot(context, request);
      return ensureTargetFolder(request);
    });
    last = making.catch(() => {});
    return making;
  };
  const real = new Map<string, Promise<string | null>>();

  const realFolder = async (path: string): Promise<string | null> => {
    try {
      return await fileSystem.realpath(path);
    } catch (error) {
      if (systemCodeOf(error) === undefined) throw error;
      return null;
    }
  };

  return {
    async prepare(link) {
      const { app, appRoot, folder, target } = link;
      const knowing = known.get(app) ?? knownFoldersOf(context, app);
      known.set(app, knowing);
      const { isKnown, mayLeaveAt } = await knowing;
      const refused = outsideProfile(link, isKnown);
      if (refused !== null) return refused;
      const key = JSON.stringify([app, appRoot, folder]);
      const making = made.get(key) ?? makeNext({ fileSystem, folders, app, appRoot, folder, mayLeaveAt });
      made.set(key, making);
      const found = await making;
      if (found.problem !== null) return found.problem;
      return found.path === dirname(target) ? null : moved(target, found.path);
    },
    async verify(target) {
      const folder = dirname(target);
      const resolving = real.get(folder) ?? realFolder(folder);
      real.set(folder, resolving);
      const found = await resolving;
      return found === null || found === folder ? null : moved(target, found);
    },
  };
}

function moved(target: string, found: string): LinkReason {
  return { code: 'folder-moved', message: `the folder of ${target} leads to ${found} now` };
}

/** Links are made in the folders that the app's profile knows only, whatever a plan or the database says. */
function outsideProfile({ app, folder }: RegisteredLink, isKnown: KnownFolders['isKnown']): LinkReason | null {
  if (isKnown(folder) && isSafeRelativePath(folder)) return null;
  return { code: 'folder-unusable', message: `"${folder}" is no folder for models in the profile of ${app}` };
}
