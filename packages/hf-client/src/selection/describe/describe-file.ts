import { fileRole } from '@modelkeep/core';
import { componentOf } from './component.ts';
import type { FileDescription } from './file-description.ts';
import { baseOf } from './name-parts.ts';
import { precisionOf } from './precision.ts';
import { quantisationOf } from './quantisation.ts';
import { shardPositionOf } from './shard-position.ts';
import { variantOf } from './variant.ts';
import { weightsFormatOf } from './weights-format.ts';

/**
 * Tells what the path of a file in a repo promises.
 *
 * @param path - `/` between segments
 * @example
 * ```ts
 * import { describeFile } from '@modelkeep/hf-client';
 *
 * const { format, quantisation, shard } = describeFile('UD-Q4_K_XL/GLM-4.6-UD-Q4_K_XL-00001-of-00005.gguf');
 * console.log(format, quantisation, shard?.count); // gguf UD-Q4_K_XL 5
 * ```
 */
export function describeFile(path: string): FileDescription {
  const base = baseOf(path);
  const format = weightsFormatOf(path);
  const isGguf = format === 'gguf' || format === 'ggml';
  return {
    path,
    role: fileRole(path),
    format,
    quantisation: isGguf ? quantisationOf(path) : null,
    precision: format !== null && !isGguf ? precisionOf(path) : null,
    variant: format === null ? null : variantOf(base),
    component: componentOf(path),
    shard: format === null ? null : shardPositionOf(base),
  };
}
