import { ModelkeepError } from '@modelkeep/core';
import { judgeName } from './judge-name.ts';

const NAMES_IN_MESSAGE = 5;

/**
 * Throws when any of the names may not be used. Called with the *selected* files, before anything is fetched.
 *
 * @throws `library.unsafe-name` with every refused name and its reason
 */
export function refuseUnsafeNames(names: readonly string[]): void {
  const refused = names.flatMap((name) => {
    const problem = judgeName(name);
    return problem === null ? [] : [{ name, problem }];
  });
  if (refused.length === 0) return;
  const shown = refused
    .slice(0, NAMES_IN_MESSAGE)
    .map(({ name, problem }) => `${JSON.stringify(shorten(name))} (${problem})`);
  const more = refused.length > shown.length ? ` and ${refused.length - shown.length} more` : '';
  throw new ModelkeepError('library.unsafe-name', {
    message: `refused before anything was stored, because of unsafe file names: ${shown.join(', ')}${more}`,
    facts: { names: refused },
    hint: 'leave these files out of the selection, or ask the author of the repo to rename them',
  });
}

function shorten(name: string): string {
  return name.length <= 80 ? name : `${name.slice(0, 60)}…(${name.length} characters)`;
}
