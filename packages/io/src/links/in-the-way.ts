import { ModelkeepError } from '@modelkeep/core';

/** @internal What is there is not what may be replaced. */
export function inTheWay(path: string): ModelkeepError {
  return new ModelkeepError('io.exists', {
    message: `cannot link ${path}: what is there is not the link that may be replaced`,
    facts: { path },
    hint: 'somebody changed it: move it away, or leave it and choose another name',
  });
}
