import { isModelkeepError, type ByteSource } from '@modelkeep/core';
import { readSafetensorsHeader } from '../safetensors/read-header.ts';
import { MAX_SIDECAR_BYTES } from '../sidecars/read-sidecar-file.ts';
import { pictureKind, type PictureKind } from './picture-kind.ts';

/** A picture as it stands in a file, not changed. */
export interface Picture {
  readonly kind: PictureKind;
  readonly bytes: Uint8Array;
}

/** A larger picture is none that apps show of a model. */
export const MAX_PICTURE_BYTES: number = 8 * 1024 * 1024;
/** Pictures are the only reason for such a header. */
const MAX_HEADER_BYTES = 67_108_864;
const OPENING_BRACE = 0x7b;
/** Of the model specification, of SwarmUI. */
const fields = ['modelspec.thumbnail', 'preview_image', 'modelspec.preview_image'];
/** JSON with a list of pictures, which ComfyUI shows. */
const COVERS = 'ssmd_cover_images';

/**
 * The picture that a file holds of its model: a header of safetensors in `modelspec.thumbnail` or `ssmd_cover_images`,
 * SwarmUI's JSON in `preview_image`, and a picture itself.
 *
 * @returns null where it holds none, or one above {@link MAX_PICTURE_BYTES}
 * @throws what the source throws
 */
export async function readPicture(source: ByteSource, signal?: AbortSignal): Promise<Picture | null> {
  const start = await source.read(0, 16, signal);
  if (pictureKind(start) !== null) {
    return source.sizeBytes > MAX_PICTURE_BYTES ? null : pictureOf(await source.read(0, source.sizeBytes, signal));
  }
  if (start[0] === OPENING_BRACE && source.sizeBytes <= MAX_SIDECAR_BYTES) {
    return firstPicture(jsonFields(await source.read(0, source.sizeBytes, signal)));
  }
  if (start[8] !== OPENING_BRACE) return null;
  try {
    const { metadata } = await readSafetensorsHeader(source, { maxHeaderBytes: MAX_HEADER_BYTES, signal });
    return firstPicture(metadata);
  } catch (error) {
    if (isModelkeepError(error, 'formats.invalid') || isModelkeepError(error, 'formats.too-large')) return null;
    throw error;
  }
}

function firstPicture(texts: Pick<ReadonlyMap<string, string>, 'get'>): Picture | null {
  const covers = parsed(texts.get(COVERS) ?? '');
  const candidates = [...fields.map((name) => texts.get(name)), ...(Array.isArray(covers) ? covers.slice(0, 8) : [])];
  for (const text of candidates) {
    const picture = typeof text === 'string' ? pictureOf(bytesOf(text)) : null;
    if (picture !== null) return picture;
  }
  return null;
}

/** Base64, bare or in a data URL. What is too long is not even decoded. */
function bytesOf(text: string): Uint8Array {
  const encoded = text.startsWith('data:') ? text.slice(text.indexOf(',') + 1) : text;
  return encoded.length > MAX_PICTURE_BYTES * 1.4 ? new Uint8Array() : Buffer.from(encoded, 'base64');
}

function pictureOf(bytes: Uint8Array): Picture | null {
  const kind = pictureKind(bytes);
  // A copy of its own: the memory of what it was read from is not kept with it.
  return kind === null || bytes.length > MAX_PICTURE_BYTES ? null : { kind, bytes: Uint8Array.from(bytes) };
}

function jsonFields(bytes: Uint8Array): Map<string, string> {
  const json = parsed(new TextDecoder().decode(bytes));
  const entries = typeof json === 'object' && json !== null ? Object.entries(json) : [];
  return new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // It throws for nothing but what is no JSON.
    return null;
  }
}
