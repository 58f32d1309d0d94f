import { invalidFile, oversized } from '../errors.ts';

/** Genuine descriptions have a few kilobytes, configs with the names of 20,000 classes one megabyte. */
const limits = { 'model_index.json': 262_144, 'config.json': 2_097_152 } as const;

/** What a small JSON file of a folder is. */
export interface FolderJson {
  readonly kind: keyof typeof limits;
  /** For messages. */
  readonly path: string;
}

/**
 * @internal The object that a small JSON file is.
 *
 * @throws `formats.invalid`, `formats.too-large`
 */
export function readFolderJson(bytes: Uint8Array, { kind, path }: FolderJson): Readonly<Record<string, unknown>> {
  refuseLong(bytes.length, { kind, path });
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    // A RangeError is what deep nesting ends in.
    if (!(error instanceof SyntaxError || error instanceof TypeError || error instanceof RangeError)) throw error;
    throw invalidFile({ format: kind, path, reason: 'it is not JSON in UTF-8' });
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw invalidFile({ format: kind, path, reason: 'it is no object' });
  }
  return json as Readonly<Record<string, unknown>>;
}

/** @internal Refuses a file before it is read. @throws `formats.too-large` */
export function refuseLong(sizeBytes: number, { kind, path }: FolderJson): void {
  const limit = limits[kind];
  if (sizeBytes > limit) throw oversized({ format: kind, path, what: 'bytes', found: sizeBytes, limit });
}
