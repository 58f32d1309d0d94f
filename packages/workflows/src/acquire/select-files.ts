import { ModelkeepError } from '@modelkeep/core';
import picomatch from 'picomatch';
import type { TreeFile } from '../trees/tree-store.ts';

/** Which files of a repo are wanted. */
export interface FileSelection {
  /** A file, or a folder with all that is below it. @default the whole repo */
  readonly path?: string | null | undefined;
  /** Globs; a file has to match one. A glob without `/` matches base names at any depth. @default all */
  readonly include?: readonly string[] | undefined;
  /** Globs; a file must match none. @default none */
  readonly exclude?: readonly string[] | undefined;
}

/**
 * The files of a tree that a selection means. Hidden files (`.gitattributes`) are left out unless a glob names them.
 *
 * @throws `workflows.nothing-selected`
 */
export function selectFiles(repo: string, files: readonly TreeFile[], selection: FileSelection): TreeFile[] {
  const { path, include = [], exclude = [] } = selection;
  if ([...include, ...exclude].includes('')) {
    throw new ModelkeepError('core.invalid-argument', {
      message: 'a glob is empty',
      facts: { argument: 'include or exclude', found: '' },
      hint: 'leave it out to select all files',
    });
  }
  const included = matcher(include);
  const excluded = matcher(exclude);
  const selected = files.filter((file) => {
    if (path !== undefined && path !== null && file.path !== path && !file.path.startsWith(`${path}/`)) return false;
    if (include.length > 0 ? !included(file.path) : isHidden(file.path)) return false;
    return !excluded(file.path);
  });
  if (selected.length > 0) return selected;
  const wanted = [...(path === undefined || path === null ? [] : [path]), ...include];
  throw new ModelkeepError('workflows.nothing-selected', {
    message: `the selection matches none of the ${files.length} files of ${repo}`,
    facts: { repo, include: wanted, exclude },
    hint: `the repo has for example: ${files
      .slice(0, 5)
      .map((file) => JSON.stringify(file.path.slice(0, 100)))
      .join(', ')}`,
  });
}

function matcher(globs: readonly string[]): (path: string) => boolean {
  const tests = globs.map((glob) => picomatch(glob, { dot: true, basename: !glob.includes('/') }));
  return (path) => tests.some((test) => test(path));
}

function isHidden(path: string): boolean {
  return path.split('/').some((segment) => segment.startsWith('.') && segment !== '.' && segment !== '..');
}
