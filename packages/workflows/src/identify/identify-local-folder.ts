import { join } from 'node:path';
import { identifyFolder, type FolderDetails, type Identification, type Identifier } from '@modelkeep/formats';
import { notOneModel } from './not-one-model.ts';

/** @internal What {@link identifyLocalFolder} works with. */
export interface LocalFolderOptions {
  readonly identifier: Pick<Identifier, 'identifyFiles' | 'planFolder'>;
  /** Told before weights are looked at. */
  readonly onFile: (path: string) => void;
  readonly signal: AbortSignal | undefined;
}

/** @internal Tells what a folder on this machine is: a pipeline in parts, or one model. All its weights are looked at. */
export async function identifyLocalFolder(
  path: string,
  { identifier, onFile, signal }: LocalFolderOptions,
): Promise<Identification & { readonly details: FolderDetails }> {
  const plan = await identifier.planFolder(path, { signal });
  if (plan === null) throw notOneModel(path);
  return identifyFolder(plan, {
    identify: (inside) => {
      const paths = inside.map((each) => join(path, each));
      onFile(paths[0] ?? path);
      return identifier.identifyFiles(paths, { signal });
    },
  });
}
