import { isModelkeepError, ModelkeepError, type ByteSource, type LoadSafety } from '@modelkeep/core';
import { rulesVersion } from '../classify/rules/rule-table.ts';
import { describeUnknown } from '../detect/describe-unknown.ts';
import { detectFormat, type DetectedFormat } from '../detect/detect-format.ts';
import { mergeSafety } from '../pickle/merge-safety.ts';
import { disguisedPickles } from './disguised-pickles.ts';
import type { Identification } from './identification.ts';
import { identifyGguf } from './identify-gguf.ts';
import { identifyOnnx } from './identify-onnx.ts';
import { identifyPickle } from './identify-pickle.ts';
import { identifySafetensors } from './identify-safetensors.ts';

/** How a model is identified. */
export interface IdentifyOptions {
  /** Names of the sources for messages, in their order. */
  readonly paths?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Tells what a model is from its bytes alone: never from its name or place.
 *
 * @param sources - the file, or all the shards of one model
 * @returns format `unknown` with type `unknown` for bytes of no known format; nothing is guessed
 * @throws `formats.invalid`, `formats.too-large` for a file that breaks the rules of its format;
 * `core.invalid-argument` for no source, or shards of different formats
 *
 * @example
 * ```ts
 * import { bytesSource, identify } from '@modelkeep/formats';
 *
 * declare const bytes: Uint8Array;
 * const { scan } = await identify([bytesSource(bytes)]);
 * ```
 */
export async function identify(sources: readonly ByteSource[], options: IdentifyOptions = {}): Promise<Identification> {
  return identifyWith(sources, { ...options, isWhole: true });
}

/** @internal As {@link identify}; `isWhole` tells whether every byte can be looked at. */
export async function identifyWith(
  sources: readonly ByteSource[],
  options: IdentifyOptions & { readonly isWhole: boolean },
): Promise<Identification> {
  const { paths = [], signal, isWhole } = options;
  const shards = sources.map((source, index) => ({ source, path: paths[index] }));
  const formats = new Set<DetectedFormat>();
  for (const { source } of shards) formats.add(await detectFormat(source, { signal }));
  const [format] = formats;
  if (format === undefined || formats.size > 1) {
    throw new ModelkeepError('core.invalid-argument', {
      message:
        format === undefined ? 'identify needs a source' : `shards of different formats: ${[...formats].join(', ')}`,
      facts: { argument: 'sources', found: [...formats] },
    });
  }
  if (format === 'safetensors' || format === 'gguf') {
    const disguised = mergeSafety((await disguisedPickles(shards, { isWhole, signal })).map(({ safety }) => safety));
    try {
      const found = await (format === 'gguf' ? identifyGguf : identifySafetensors)(shards, signal);
      return disguised === null ? found : { ...found, safety: disguised };
    } catch (error) {
      if (disguised === null || !isModelkeepError(error)) throw error;
      return unread('unknown', disguised, 'the bytes begin like no known format');
    }
  }
  // The weights of an ONNX file stand between its facts, each a request away from the next.
  const fromAfar = `${format} is not read from afar`;
  if (format === 'onnx') return isWhole ? identifyOnnx(shards, signal) : unread(format, null, fromAfar);
  const { safety, identification } = await identifyPickle(shards, { isWhole, signal });
  if (identification !== null) return identification;
  const [first] = sources;
  if (format === 'pickle' || first === undefined)
    return unread(format, safety, isWhole ? 'its pickle could not be read' : fromAfar);
  return unread(format, safety, await describeUnknown(first, signal));
}

/** Files that tell nothing but their format. */
function unread(format: DetectedFormat, safety: LoadSafety | null, reason: string): Identification {
  return {
    format,
    scan: { type: 'unknown', family: null },
    embedded: {},
    rulesVersion,
    confidence: 0,
    evidence: [reason],
    tensorCount: null,
    parameterCount: null,
    details: null,
    safety,
  };
}
