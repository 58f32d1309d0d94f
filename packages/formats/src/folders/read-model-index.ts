import { cleanText } from '../embedded/clean-text.ts';
import { invalidFile, oversized } from '../errors.ts';
import { readFolderJson } from './read-folder-json.ts';

/** A part that a `model_index.json` names. */
export interface IndexedPart {
  /** Its folder. */
  readonly name: string;
  readonly library: string;
  readonly className: string;
}

/** What a `model_index.json` says. */
export interface ModelIndex {
  /** Of the pipeline, such as `FluxPipeline`. */
  readonly className: string;
  /** Of the diffusers that wrote it. */
  readonly version: string | null;
  readonly parts: readonly IndexedPart[];
}

const MAX_PARTS = 256;
const MAX_NAME_LENGTH = 128;
/** One folder beside the description, on any system: no path, no stream, no name that hides. */
const FOLDER = /^[\p{L}\p{N}_][\p{L}\p{N}_.-]{0,127}$/u;

/**
 * Reads the description of a pipeline: `_class_name`, and each part as `[library, class]`. A part of `[null, null]` is one
 * that the pipeline goes without; all other keys are settings.
 *
 * @param path - for messages
 * @throws `formats.invalid` for what is no description, and for a part that is not in a folder beside it;
 * `formats.too-large` above 256 KiB or 256 parts
 */
export function readModelIndex(
  bytes: Uint8Array,
  { path = 'model_index.json' }: { readonly path?: string | undefined } = {},
): ModelIndex {
  const json = readFolderJson(bytes, { kind: 'model_index.json', path });
  const invalid = (reason: string): Error => invalidFile({ format: 'model_index.json', path, reason });
  // A pipeline with code of its own is written as [module, class].
  const named: unknown = json['_class_name'];
  const className = Array.isArray(named) ? (named.at(-1) as unknown) : named;
  if (typeof className !== 'string' || className === '') throw invalid('it has no "_class_name"');

  const parts: IndexedPart[] = [];
  for (const [name, value] of Object.entries(json)) {
    if (name.startsWith('_') || !isPart(value)) continue;
    if (!FOLDER.test(name)) throw invalid(`${JSON.stringify(name.slice(0, 120))} is no folder beside it`);
    const [library, partClass] = value;
    parts.push({ name, library: said(library), className: said(partClass) });
    if (parts.length > MAX_PARTS) {
      const found = Object.keys(json).length;
      throw oversized({ format: 'model_index.json', path, what: 'parts', found, limit: MAX_PARTS });
    }
  }
  const version: unknown = json['_diffusers_version'];
  return {
    className: said(className),
    version: typeof version === 'string' ? cleanText(version, 64) : null,
    parts,
  };
}

function said(text: string): string {
  return cleanText(text, MAX_NAME_LENGTH) ?? '';
}

function isPart(value: unknown): value is readonly [string, string] {
  return Array.isArray(value) && value.length === 2 && value.every((each) => typeof each === 'string');
}
