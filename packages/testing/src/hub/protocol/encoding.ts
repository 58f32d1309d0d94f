import { refuse } from './refusal.ts';

/** Encodes a path: `/` stays, every other special character is percent-encoded. */
export function encodePath(path: string): string {
  return path
    .split('/')
    .map((segment) => encodeURIComponent(segment.toWellFormed()))
    .join('/');
}

/** Decodes a part of a raw path; a malformed one is answered with 400. */
export function decodePart(raw: string): string {
  try {
    return decodeURIComponent(raw);
  } catch {
    // decodeURIComponent throws for nothing but malformed input
    return refuse(400, { message: 'Malformed percent-encoding in the URL' });
  }
}
