import { ModelkeepError, type ModelRecord } from '@modelkeep/core';
import type { FoundModel } from '../models/walk-models.ts';

/** @internal */
export function notOurs({ slug }: ModelRecord): ModelkeepError {
  return new ModelkeepError('core.invalid-argument', {
    message: `${slug} is outside of the library, and is not moved`,
    facts: { argument: 'reference', found: slug },
    hint: 'import it first, with mode move',
  });
}

/** @internal */
export function inUse({ slug }: ModelRecord): ModelkeepError {
  return new ModelkeepError('core.invalid-argument', {
    message: `${slug} is not moved: a process works with it`,
    facts: { argument: 'reference', found: slug },
    hint: 'wait until its lease is released',
  });
}

/** @internal */
export function isThereAlready({ slug }: FoundModel): ModelkeepError {
  return new ModelkeepError('core.invalid-argument', {
    message: `the volume has this model already: ${slug}`,
    facts: { argument: 'to', found: slug },
    hint: 'delete one of the two',
  });
}

/** @internal */
export function restless({ slug }: ModelRecord): ModelkeepError {
  return new ModelkeepError('io.changed-while-read', {
    message: `the files of ${slug} were changed each time while they were copied`,
    facts: { path: slug },
    hint: 'wait until downloads of this model have ended',
  });
}
