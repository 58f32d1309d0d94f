import { ModelkeepError } from '@modelkeep/core';
import picomatch from 'picomatch';
import { isWithin } from '../describe/name-parts.ts';
import type { FileSelection, LeftReason } from '../file-selection.ts';

/**
 * A test of single files by path and globs. It answers why a file is left, or null for one that is taken.
 *
 * @throws `core.invalid-argument` for an empty glob
 */
export function fileFilter(selection: FileSelection): (path: string) => LeftReason | null {
  const { path: wanted, include = [], exclude = [] } = selection;
  if ([...include, ...exclude].includes('')) {
    throw new ModelkeepError('core.invalid-argument', {
      message: 'a glob is empty',
      facts: { argument: 'include or exclude', found: '' },
      hint: 'leave it out to select all files',
    });
  }
  const included = matcher(include);
  const excluded = matcher(exclude);
  return (path) => {
    if (wanted !== undefined && wanted !== null && !isWithin(path, wanted)) return 'outside-path';
    if (include.length > 0 ? !included(path) : isHidden(path)) return include.length > 0 ? 'not-included' : 'hidden';
    return excluded(path) ? 'excluded' : null;
  };
}

function matcher(globs: readonly string[]): (path: string) => boolean {
  const tests = globs.map((glob) => picomatch(glob, { dot: true, basename: !glob.includes('/') }));
  return (path) => tests.some((test) => test(path));
}

function isHidden(path: string): boolean {
  return path.split('/').some((segment) => segment.startsWith('.') && segment !== '.' && segment !== '..');
}
