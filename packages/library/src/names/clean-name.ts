const MAX_CHARACTERS = 128;
const MAX_BYTES = 240;
const MAX_PASSES = 8;
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
  // What one cut leaves behind may end or begin as it must not: a name is clean when cleaning it changes nothing.
  for (let present = name, passes = 0; ; passes += 1) {
    const cleaned = cleanOnce(present);
    if (cleaned === present || passes === MAX_PASSES) return cleaned;
    present = cleaned;
  }
}

function cleanOnce(name: string): string {
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

/**
 * @internal A stem with what has to follow it (an extension, a suffix), cut so that both together stay within the limits of
 * a name.
 */
export function withinLimits(stem: string, tail: string): string {
  let characters = Array.from(stem).slice(0, MAX_CHARACTERS - Array.from(tail).length);
  while (Buffer.byteLength(characters.join('') + tail) > MAX_BYTES) characters = characters.slice(0, -1);
  const cut = characters.join('');
  // What was in the middle of the name is its end now.
  return (cut === stem ? cut : cut.replace(/[-.]+$/u, '')) + tail;
}
