const MAX_CHARACTERS = 128;
const MAX_BYTES = 240;
const NOT_ALLOWED = /[^\p{L}\p{M}\p{N}\-_.]+/gu;
const DEVICE_STEM = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin|conout)(?=\.|$)/iu;

/**
 * A name as the library uses it on disk: NFC, letters of any script, digits, `-`, `_` and `.`, at most 128 characters,
 * never empty, never hidden, never a reserved name. What is not allowed becomes one `-`.
 *
 * @param name - one segment of a path, its extension included
 * @example cleanName('My Model (v2).safetensors') // 'My-Model-v2.safetensors'
 */
export function cleanName(name: string): string {
  const normal = name.normalize('NFC').replace(NOT_ALLOWED, '-');
  const dot = normal.lastIndexOf('.');
  const extension = dot > 0 && normal.length - dot <= 16 ? tidy(normal.slice(dot + 1)) : '';
  const stem = tidy(extension === '' ? normal : normal.slice(0, dot)) || 'unnamed';
  const safeStem = stem.replace(DEVICE_STEM, '$&-file');
  return withinLimits(safeStem, extension === '' ? '' : `.${extension}`);
}

/** A cleaned path: each of its segments cleaned. */
export function cleanPath(path: string): string {
  return path
    .split('/')
    .map((segment) => cleanName(segment))
    .join('/');
}

function tidy(text: string): string {
  return text.replace(/-{2,}/g, '-').replace(/^[-.]+|[-.]+$/g, '');
}

function withinLimits(stem: string, extension: string): string {
  let characters = Array.from(stem).slice(0, MAX_CHARACTERS - Array.from(extension).length);
  while (Buffer.byteLength(characters.join('') + extension) > MAX_BYTES) characters = characters.slice(0, -1);
  return characters.join('') + extension;
}
