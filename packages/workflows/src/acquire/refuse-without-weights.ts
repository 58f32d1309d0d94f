import { ModelkeepError } from '@modelkeep/core';
import { fileRole } from '@modelkeep/library';

/**
 * A library keeps models: a selection of nothing but small files is refused before it is fetched.
 *
 * @throws `library.nothing-to-import`
 */
export function refuseWithoutWeights(paths: readonly string[]): void {
  if (paths.some((path) => fileRole(path) === 'weights')) return;
  throw new ModelkeepError('library.nothing-to-import', {
    message: 'the selection holds no weights of a model',
    facts: { paths },
    hint: 'select at least one .safetensors, .gguf, .ckpt, .pt, .pth, .bin or .onnx file',
  });
}
