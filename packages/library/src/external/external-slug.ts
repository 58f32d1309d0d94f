import { isId } from '@modelkeep/core';

/** The folder of a volume that holds the metadata of models outside of it. */
export const EXTERNAL_FOLDER = 'external';

/** @internal The slug of a model outside the library: where its metadata is, as for any other model. */
export function externalSlug(id: string): string {
  return `${EXTERNAL_FOLDER}/${id}`;
}

/** @internal */
export function isExternalSlug(text: string): boolean {
  const [folder, id, ...more] = text.split('/');
  return folder === EXTERNAL_FOLDER && more.length === 0 && isId(id ?? '');
}
