import { invalidReference } from './invalid-reference.ts';

const SEGMENT = /^[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9_])?$/;

/** What is wrong with one segment of a repo id, or null. */
function problemOf(segment: string): string | null {
  if (segment === '') return 'a segment of the repo id is empty';
  if (segment.length > 96) return 'a segment of the repo id is longer than 96 characters';
  if (segment.includes('..')) return 'a repo id holds no two dots in a row';
  if (!SEGMENT.test(segment)) {
    return 'a segment of a repo id holds letters, digits, "-", "_" and "." and neither starts nor ends with "-" or "."';
  }
  return null;
}

/**
 * Checks a repo id of one or two segments, such as `gpt2` or `org/name`, and gives it back.
 *
 * @throws `hub.invalid-reference`
 */
export function checkRepoId(id: string): string {
  const segments = id.split('/', 3);
  if (segments.length > 2) throw invalidReference(id, 'a repo id has one or two segments');
  for (const segment of segments) {
    const problem = problemOf(segment);
    if (problem !== null) throw invalidReference(id, problem);
  }
  return id;
}
