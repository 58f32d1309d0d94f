import { ModelkeepError } from '@modelkeep/core';

const MAX_SHOWN_CHARS = 300;
const HINT = 'Write hf:org/name, hf:org/name@revision or hf:org/name@revision/path.';

/** The error of a text that names no repo, revision, path or reference. */
export function invalidReference(
  reference: string,
  reason: string,
  hint: string = HINT,
): ModelkeepError<'hub.invalid-reference'> {
  const shown = reference.slice(0, MAX_SHOWN_CHARS).toWellFormed();
  return new ModelkeepError('hub.invalid-reference', {
    message: `${JSON.stringify(shown)}: ${reason}`,
    facts: { reference: shown, reason },
    hint,
  });
}
