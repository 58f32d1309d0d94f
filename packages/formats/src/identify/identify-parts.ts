import { knownPartsSource, type KnownParts } from '../source/known-parts.ts';
import type { Identification } from './identification.ts';
import { identifyWith, type IdentifyOptions } from './identify.ts';

/** Bytes that it takes to go on. */
export interface MissingPart {
  /** Place of the source in the list. */
  readonly source: number;
  readonly offset: number;
  readonly length: number;
}

/** What some parts of a model tell. */
export type PartsOutcome =
  | { readonly kind: 'identified'; readonly identification: Identification }
  | (MissingPart & { readonly kind: 'missing' });

/** Identifies a model by parts of its files, or tells which part it takes beside them. */
export async function identifyParts(known: readonly KnownParts[], options: IdentifyOptions): Promise<PartsOutcome> {
  let missing: MissingPart | undefined;
  const sources = known.map((parts, source) =>
    knownPartsSource(parts, (offset, length) => void (missing ??= { source, offset, length })),
  );
  try {
    const identification = await identifyWith(sources, {
      ...options,
      isWhole: known.every((parts) => isAllThere(parts)),
    });
    return missing === undefined ? { kind: 'identified', identification } : { kind: 'missing', ...missing };
  } catch (error) {
    if (missing !== undefined) return { kind: 'missing', ...missing };
    throw error;
  }
}

function isAllThere({ sizeBytes, parts }: KnownParts): boolean {
  return parts.some(({ offset, bytes }) => offset === 0 && bytes.length === sizeBytes);
}
