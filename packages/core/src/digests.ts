const SHA256 = /^[0-9a-f]{64}$/;
const SHA1 = /^[0-9a-f]{40}$/;

/** Whether a text is a SHA-256 (or BLAKE3) in lower-case hex. Checked before it becomes a path. */
export function isSha256(text: unknown): boolean {
  return typeof text === 'string' && SHA256.test(text);
}

/** Whether a text is a SHA-1 in lower-case hex: a commit, or the git hash of a file. */
export function isSha1(text: unknown): boolean {
  return typeof text === 'string' && SHA1.test(text);
}
