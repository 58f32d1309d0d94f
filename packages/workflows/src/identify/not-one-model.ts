import { ModelkeepError } from '@modelkeep/core';

/** @internal The error for a folder that is no model. */
export function notOneModel(path: string): ModelkeepError<'library.nothing-to-import'> {
  return new ModelkeepError('library.nothing-to-import', {
    message: `${path} is no model: it has no model_index.json, no config.json of a model with weights, and not the weights of one model`,
    facts: { paths: [path] },
    hint: 'name a file in it, or scan the folder to find all models below it',
  });
}
