import type { ByteSource } from '@modelkeep/core';
import { oversizedHeader } from '../errors.ts';
import type { KnownParts, SourcePart } from '../source/known-parts.ts';
import type { Identification } from './identification.ts';
import type { PartsOutcome } from './identify-parts.ts';

/** Of each source at the start: most headers of safetensors are not longer. */
const FIRST_BYTES = 131_072;
/** More than any genuine model takes, and what a hostile one may make this process keep. */
const MAX_BYTES = 134_217_728;

/** Of a pickle the whole is looked at where all of it is no more: in its numbers code may hide. */
const WHOLE_BYTES = 16_777_216;

/** What {@link identifySources} works with. */
export interface IdentifySourcesContext {
  readonly paths: readonly string[] | undefined;
  readonly signal: AbortSignal | undefined;
  /** Tells, in another thread, what the parts tell. */
  readonly identifyParts: (known: readonly KnownParts[]) => Promise<PartsOutcome>;
}

/**
 * Reads sources on this thread and has what was read parsed on another. What is missing is read and all of it parsed
 * anew; each time at least as much is read as is there, so that this happens a few times only.
 */
export async function identifySources(
  sources: readonly ByteSource[],
  { paths, signal, identifyParts }: IdentifySourcesContext,
): Promise<Identification> {
  const known: { sizeBytes: number; parts: SourcePart[] }[] = [];
  for (const source of sources) {
    const bytes = await source.read(0, Math.min(FIRST_BYTES, source.sizeBytes), signal);
    known.push({ sizeBytes: source.sizeBytes, parts: [{ offset: 0, bytes }] });
  }
  for (;;) {
    const outcome = await identifyParts(known);
    if (outcome.kind === 'identified') {
      const { identification } = outcome;
      const isDone = identification.safety?.verdict !== 'unscanned' || !isShort(known);
      if (isDone) return identification;
      for (const [position, source] of sources.entries()) {
        const bytes = await source.read(0, source.sizeBytes, signal);
        if (bytes.length < source.sizeBytes)
          throw new RangeError(`${paths?.[position] ?? 'the source'} ended before its size`);
        known[position] = { sizeBytes: source.sizeBytes, parts: [{ offset: 0, bytes }] };
      }
      continue;
    }
    const { source: index, offset, length } = outcome;
    const source = sources[index];
    const { parts = [], sizeBytes = 0 } = known[index] ?? {};
    const path = paths?.[index];
    const heldBytes = parts.reduce((sum, { bytes }) => sum + bytes.length, 0);
    if (source === undefined || heldBytes + length > MAX_BYTES) {
      throw oversizedHeader({ format: 'model', path, what: 'bytes', found: heldBytes + length, limit: MAX_BYTES });
    }
    const wanted = Math.min(Math.max(length, heldBytes), sizeBytes - offset);
    const bytes = await source.read(offset, wanted, signal);
    if (bytes.length < length) throw new RangeError(`${path ?? 'the source'} ended before its size`);
    const isCovered = (part: SourcePart): boolean =>
      offset <= part.offset && part.offset + part.bytes.length <= offset + bytes.length;
    parts.splice(0, parts.length, ...parts.filter((part) => !isCovered(part)), { offset, bytes });
  }
}

/** Whether all of it may be read, and was not yet. */
function isShort(known: readonly KnownParts[]): boolean {
  const isWhole = known.every(({ sizeBytes, parts }) => parts.some(({ bytes }) => bytes.length === sizeBytes));
  return !isWhole && known.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) <= WHOLE_BYTES;
}
