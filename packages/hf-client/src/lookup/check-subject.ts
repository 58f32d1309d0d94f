import { isSha1, isSha256, ModelkeepError } from '@modelkeep/core';
import { comparableName } from './repo-tree.ts';
import type { LookupSubject } from './lookup-types.ts';

/**
 * A subject with its hashes in lower case.
 *
 * @throws `core.invalid-argument` for a hash, a size or a name that cannot be one
 */
export function checkSubject({ sha256, gitSha1, sizeBytes, fileName }: LookupSubject): LookupSubject {
  const subject = { sha256: sha256?.toLowerCase(), gitSha1: gitSha1?.toLowerCase(), sizeBytes, fileName };
  if (subject.sha256 !== undefined && !isSha256(subject.sha256)) throw refused('sha256', sha256, '64 hex digits');
  if (subject.gitSha1 !== undefined && !isSha1(subject.gitSha1)) throw refused('gitSha1', gitSha1, '40 hex digits');
  if (sizeBytes !== undefined && !(Number.isSafeInteger(sizeBytes) && sizeBytes >= 0)) {
    throw refused('sizeBytes', sizeBytes, 'a whole number of bytes');
  }
  if (fileName !== undefined && comparableName(fileName) === '')
    throw refused('fileName', fileName, 'the name of a file');
  return subject;
}

function refused(argument: string, found: unknown, expected: string): ModelkeepError<'core.invalid-argument'> {
  return new ModelkeepError('core.invalid-argument', {
    message: `${argument} is ${expected}, not ${JSON.stringify(found)}`,
    facts: { argument, found },
  });
}
