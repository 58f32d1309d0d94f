import { fileRole, ModelkeepError } from '@modelkeep/core';
import { describeFile } from '@modelkeep/hf-client';

/**
 * A library keeps models: a selection of nothing but small files is refused before it is fetched.
 *
 * @throws `library.nothing-to-import`
 */
export function refuseWithoutWeights(paths: readonly string[]): void {
  if (paths.some((path) => fileRole(path) === 'weights')) return;
  const inPieces = paths.some((path) => describeFile(path).shard?.kind === 'piece');
  throw new ModelkeepError('library.nothing-to-import', {
    message: 'the selection holds no weights of a model',
    facts: { paths },
    hint: inPieces
      ? 'the weights are cut into pieces that no app reads: fetch and join them by hand, then import the file'
      : 'select at least one .safetensors, .gguf, .ckpt, .pt, .pth, .bin or .onnx file',
  });
}
