import { redactUrl, type Logger } from '@modelkeep/core';
import type { FetchSource } from './fetch-source.ts';

/** @internal The source that is being asked. */
export interface CurrentSource extends FetchSource {
  /** Where its redirects ended, and where they came from: parts are asked for there until that address expires. */
  resolved: { readonly url: string; readonly from: readonly string[] } | null;
  /** What its ETag shall be, without `W/` and quotes; null: anything. */
  readonly expectedEtag: string | null;
  /** It has given bytes of the file. */
  hasGiven: boolean;
}

/** @internal The places that have a file, in the order in which they are tried. */
export interface SourceList {
  readonly current: CurrentSource;
  /** Whether there is another one behind the current. */
  readonly hasMore: boolean;
  /** Leaves a source for the next one. @returns false when there is none: the source stays */
  drop(source: CurrentSource, reason: unknown): boolean;
  /**
   * The bytes are wrong: who is asked now? A source that gave all of them is left for the next one; the only one, and one
   * of several that gave some, is asked once more, alone.
   *
   * @returns false when nobody is left
   */
  afterMismatch(reason: unknown): boolean;
}

/** @internal A source, and what the caller knows of it. */
export interface ListedSource extends FetchSource {
  readonly expectedEtag?: string | null | undefined;
}

/** @internal */
export function createSourceList(sources: readonly ListedSource[], logger: Logger): SourceList {
  const list: CurrentSource[] = sources.map((source) => ({
    ...source,
    expectedEtag: source.expectedEtag ?? null,
    resolved: null,
    hasGiven: false,
  }));
  const isSingle = list.length === 1;
  let at = 0;
  let mismatches = 0;
  const current = (): CurrentSource => list[at] as CurrentSource;
  const hasMore = (): boolean => at < list.length - 1;
  const next = (reason: unknown): boolean => {
    if (!hasMore()) return false;
    logger.warn('a source is given up for the next one', { url: redactUrl(current().url), reason: String(reason) });
    at += 1;
    return true;
  };
  return {
    get current() {
      return current();
    },
    get hasMore() {
      return hasMore();
    },
    // Another connection may have dropped it already.
    drop: (source, reason) => source !== current() || next(reason),
    afterMismatch(reason) {
      mismatches += 1;
      const gaveAll = list.filter(({ hasGiven }) => hasGiven).length <= 1;
      for (const source of list) source.hasGiven = false;
      const isFirst = mismatches === 1;
      return isFirst && (isSingle || !gaveAll || !hasMore()) ? true : next(reason);
    },
  };
}
