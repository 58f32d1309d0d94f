import { createHash } from 'node:crypto';

/** The id of a git object: the SHA-1 of `"<kind> <length>\0"` and the bytes. */
export function gitObjectId(kind: 'blob' | 'tree' | 'commit', bytes: Uint8Array): string {
  return createHash('sha1').update(`${kind} ${bytes.length}\0`).update(bytes).digest('hex');
}

/** The pointer that git holds in place of an LFS file. */
export function lfsPointer(sha256: string, sizeBytes: number): Uint8Array {
  return Buffer.from(`version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize ${sizeBytes}\n`);
}

/** What a git commit object is made from. */
export interface CommitFacts {
  readonly tree: string;
  readonly parent: string | null;
  readonly atMs: number;
  readonly title: string;
}

/** The id of a commit: the same tree, parent, time and title always give the same one. */
export function commitId(facts: CommitFacts): string {
  const who = `local hub <hub@localhost> ${Math.floor(facts.atMs / 1000)} +0000`;
  const parent = facts.parent === null ? '' : `parent ${facts.parent}\n`;
  const text = `tree ${facts.tree}\n${parent}author ${who}\ncommitter ${who}\n\n${facts.title}\n`;
  return gitObjectId('commit', Buffer.from(text));
}
