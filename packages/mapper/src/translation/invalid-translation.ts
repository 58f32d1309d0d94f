import { ModelkeepError } from '@modelkeep/core';

/** @internal */
export interface TranslationProblem {
  /** The path of the file. */
  readonly path: string;
  /** JSON pointer of the field; empty for the file as a whole. */
  readonly pointer: string;
  readonly problem: string;
}

/** @internal */
export function invalidTranslation({ path, pointer, problem }: TranslationProblem): ModelkeepError {
  const where = pointer === '' ? '' : ` at ${pointer}`;
  return new ModelkeepError('mapper.invalid-translation', {
    message: `the translation config ${path} is not valid${where}: ${problem}`,
    facts: { path, pointer, problem },
    hint: 'correct the field that the pointer names, or take the file out of the folder; nothing was linked',
  });
}
