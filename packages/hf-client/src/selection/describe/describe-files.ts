import { describeFile } from './describe-file.ts';
import type { FileDescription } from './file-description.ts';
import { baseOf, folderOf } from './name-parts.ts';

/**
 * Tells what the paths of a repo promise together: as {@link describeFile}, and each folder beside a `model_index.json` is
 * a component also when its name is not one of the known.
 *
 * @returns in the order of `files`
 */
export function describeFiles(files: readonly { readonly path: string }[]): FileDescription[] {
  const pipelines = pipelineFolders(files);
  return files.map(({ path }) => {
    const description = describeFile(path);
    if (description.component !== null) return description;
    return { ...description, component: pipelinePart(path, pipelines)?.part ?? null };
  });
}

/** The folders that hold a `model_index.json`. */
export function pipelineFolders(files: readonly { readonly path: string }[]): ReadonlySet<string> {
  return new Set(files.filter(({ path }) => baseOf(path) === 'model_index.json').map(({ path }) => folderOf(path)));
}

/** A pipeline further down than this is somebody's copy, and a path of thousands of folders is an attack. */
const MAX_PIPELINE_DEPTH = 8;

/** Which part of which pipeline a file is in: the innermost pipeline above it, and the folder right below that. */
export function pipelinePart(
  path: string,
  pipelines: ReadonlySet<string>,
): { readonly pipeline: string; readonly part: string } | null {
  if (pipelines.size === 0) return null;
  const segments = path.split('/');
  for (let depth = Math.min(segments.length - 2, MAX_PIPELINE_DEPTH); depth >= 0; depth -= 1) {
    const pipeline = segments.slice(0, depth).join('/');
    if (pipelines.has(pipeline)) return { pipeline, part: (segments[depth] ?? '').toLowerCase() };
  }
  return null;
}
