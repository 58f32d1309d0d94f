import { ModelkeepError } from '@modelkeep/core';
import validRange from 'semver/ranges/valid.js';
import { isSafeRelativePath, isSafeSegment } from '../app/safe-names.ts';

/** What is said about a model's place in an app. */
export interface StatedMapping {
  readonly versions?: string | null | undefined;
  readonly name?: string | null | undefined;
  readonly folder?: string | null | undefined;
}

const LONGEST_RANGE = 256;

/**
 * Checks what a person says about a model's place in an app before it is written down: a plan would only skip the model.
 *
 * @throws `library.invalid-edit`
 */
export function checkMapping({ versions, name, folder }: StatedMapping): void {
  if (typeof versions === 'string' && (versions.length > LONGEST_RANGE || validRange(versions) === null))
    throw invalid('versions', 'it is a range of versions such as ">=0.3.0 <0.5.0"');
  if (typeof name === 'string' && !isSafeSegment(name))
    throw invalid('name', 'it is one plain name, without a folder and without what some systems reserve');
  if (typeof folder === 'string' && !isSafeRelativePath(folder))
    throw invalid('folder', 'it is a path of plain names below the folder for such models, with / between them');
}

function invalid(field: string, reason: string): ModelkeepError {
  return new ModelkeepError('library.invalid-edit', {
    message: `${JSON.stringify(field)} cannot be set so: ${reason}`,
    facts: { field, reason },
    hint: 'nothing was changed',
  });
}
