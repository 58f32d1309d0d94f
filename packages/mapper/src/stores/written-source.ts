import { createHash } from 'node:crypto';

/** @internal SHA-256 of a text that is written, as hex. */
export function textSha256(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** @internal What stands in the registry for where a written file comes from. */
export function writtenSource(content: string): string {
  return `sha256:${textSha256(content)}`;
}
