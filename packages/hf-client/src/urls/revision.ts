import { invalidReference } from './invalid-reference.ts';

const MAX_CHARS = 255;
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL = /[\0-\x1f\x7f]/;

/**
 * Checks a branch, tag, reference or commit and gives it back.
 *
 * @throws `hub.invalid-reference`
 */
export function checkRevision(revision: string): string {
  const refuse = (reason: string): never => {
    throw invalidReference(revision, reason);
  };
  if (revision === '') refuse('the revision is empty');
  if (revision.length > MAX_CHARS) refuse(`the revision is longer than ${MAX_CHARS} characters`);
  if (CONTROL.test(revision)) refuse('the revision holds a control character');
  if (revision === '.' || revision.includes('..')) refuse('a revision is not "." and holds no two dots in a row');
  if (!revision.isWellFormed()) refuse('the revision is not well-formed Unicode');
  return revision;
}

/** A revision within a URL: `refs/pr/1` becomes `refs%2Fpr%2F1`. */
export function encodeRevision(revision: string): string {
  return encodeURIComponent(checkRevision(revision));
}
