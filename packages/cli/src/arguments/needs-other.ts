import { ModelkeepError } from '@modelkeep/core';

/** @internal An option that does nothing without another one was forgotten something. */
export function needsOther(option: string, other: string): ModelkeepError {
  return new ModelkeepError('core.invalid-argument', {
    message: `${option} means nothing without ${other}`,
    facts: { argument: option },
    hint: `add ${other}, or leave ${option} out`,
  });
}
