import { comparablePath, isSha1, isSha256 } from '@modelkeep/core';
import { checkCount, checkOptionalText, checkText, refuse } from './check-text.ts';
import type { ContentSource, InventoryItem } from './inventory.ts';

const MAX_PATH_CHARS = 1_024;
const MAX_WORD_CHARS = 64;
const MAX_SOURCES = 16;
const MAX_ALIASES = 32;

/** For engines: An item with everything said, in one form for the same facts. */
export interface CheckedItem {
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly path: string;
  readonly corrupt: boolean;
  readonly name: string | null;
  readonly type: string | null;
  readonly family: string | null;
  readonly baseModel: string | null;
  readonly precision: string | null;
  readonly civitaiVersionId: number | null;
  readonly sources: readonly Required<ContentSource>[];
  /** Without `path`. */
  readonly aliases: readonly string[];
}

/** For engines. @throws `core.invalid-argument` */
export function checkSha256(argument: string, sha256: unknown): string {
  if (typeof sha256 === 'string' && isSha256(sha256)) return sha256;
  return refuse(argument, sha256, 'use 64 lower-case hex digits');
}

/** @internal @throws `core.invalid-argument` */
export function checkItem(item: InventoryItem): CheckedItem {
  const word = (name: 'type' | 'family' | 'baseModel' | 'precision'): string | null =>
    checkOptionalText(name, item[name], MAX_WORD_CHARS);
  const path = checkPath('path', item.path);
  const { sources = [], aliases = [], civitaiVersionId = null } = item;
  if (sources.length > MAX_SOURCES) refuse('sources', sources.length, `use at most ${MAX_SOURCES}`);
  if (aliases.length > MAX_ALIASES) refuse('aliases', aliases.length, `use at most ${MAX_ALIASES}`);
  return {
    sha256: checkSha256('sha256', item.sha256),
    sizeBytes: checkCount('sizeBytes', item.sizeBytes),
    path,
    corrupt: item.corrupt === true,
    name: checkOptionalText('name', item.name, 256),
    type: word('type'),
    family: word('family'),
    baseModel: word('baseModel'),
    precision: word('precision'),
    civitaiVersionId: civitaiVersionId === null ? null : checkCount('civitaiVersionId', civitaiVersionId, 1),
    sources: sources.map(checkSource).toSorted(byText),
    aliases: [...new Set(aliases.map((alias) => checkPath('aliases', alias)))].filter((it) => it !== path).toSorted(),
  };
}

/** @internal @throws `core.invalid-argument` */
export function checkRepo(repo: unknown): string {
  const text = checkText('repo', repo, 256);
  return /^[^/\s]+\/[^/\s]+$/u.test(text) ? text : refuse('repo', text, 'use org/name');
}

function checkSource({ repo, path, revision = null, commit = null }: ContentSource): Required<ContentSource> {
  if (commit !== null && !isSha1(commit)) refuse('commit', commit, 'use 40 lower-case hex digits');
  return {
    repo: checkRepo(repo),
    path: checkText('sources.path', path, MAX_PATH_CHARS),
    revision: checkOptionalText('revision', revision, 256),
    commit,
  };
}

function checkPath(argument: string, path: unknown): string {
  const text = checkText(argument, path, MAX_PATH_CHARS);
  return comparablePath(text) === null ? refuse(argument, text, 'name a file') : text;
}

function byText(one: object, other: object): number {
  const [left, right] = [JSON.stringify(one), JSON.stringify(other)];
  return left < right ? -1 : left > right ? 1 : 0;
}
