import { ModelkeepError, type ByteSource } from '@modelkeep/core';
import { rulesVersion } from '../classify/rules/rule-table.ts';
import { detectFormat, type DetectedFormat } from '../detect/detect-format.ts';
import type { Identification } from './identification.ts';
import { identifyGguf } from './identify-gguf.ts';
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
  const { paths = [], signal } = options;
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
  if (format === 'safetensors') return identifySafetensors(shards, signal);
  if (format === 'gguf') return identifyGguf(shards, signal);
  return unread(format);
}

/** Formats whose tensors are not read: a pickle would have to be interpreted. */
function unread(format: DetectedFormat): Identification {
  const reason =
    format === 'unknown' ? 'the bytes begin like no known format' : `the tensors of ${format} files are not read`;
  return {
    format,
    scan: { type: 'unknown', family: null },
    embedded: {},
    rulesVersion,
    confidence: 0,
    evidence: [reason],
    tensorCount: null,
    parameterCount: null,
  };
}
