import type { ModelRecord, ModelSource } from '@modelkeep/core';

/** @internal The repo on the Hub that a model is from, and the commit of it; null when it is from none. */
export function hubSource({ files, sources }: ModelRecord): (ModelSource & { readonly repo: string }) | null {
  const all = [...files.map(({ source }) => source), ...sources];
  for (const source of all) {
    if (source?.provider === 'hf' && source.repo !== null && REPO.test(source.repo))
      return { ...source, repo: source.repo };
  }
  return null;
}

/** `org/name`, or one of the old repos without an organisation. */
const REPO = /^(?:[\w][\w.-]{0,95}\/)?[\w][\w.-]{0,95}$/u;

/** @internal The name of a model for a tool that takes letters, digits, `-`, `_` and `.` only. */
export function plainName(text: string): string {
  const plain = text
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9._-]+/gu, '-')
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/gu, '')
    .slice(0, 72);
  return plain === '' ? 'model' : plain;
}
