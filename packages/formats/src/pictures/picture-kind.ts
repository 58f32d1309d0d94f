/** Kinds of pictures that apps show of a model. */
export type PictureKind = 'jpeg' | 'png' | 'webp' | 'gif';

/** Each with its first bytes; a dot stands for any. */
const beginnings: readonly (readonly [PictureKind, string])[] = [
  ['jpeg', '\u00ff\u00d8\u00ff'],
  ['png', '\u0089PNG\r\n\u001a\n'],
  ['webp', 'RIFF....WEBP'],
  ['gif', 'GIF87a'],
  ['gif', 'GIF89a'],
];

/** What a picture is by its first bytes, whatever it is called; null for what is none of these. */
export function pictureKind(bytes: Uint8Array): PictureKind | null {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 16)).toString('latin1');
  const fits = (wanted: string): boolean =>
    Array.from(wanted).every((character, at) => (character === '.' ? at < start.length : start[at] === character));
  return beginnings.find(([, wanted]) => fits(wanted))?.[0] ?? null;
}
