import { ModelkeepError } from '@modelkeep/core';

/** @internal The last model of a page. */
export interface ListPlace {
  readonly sortName: string;
  readonly id: string;
}

/** @internal */
export function writeListCursor({ sortName, id }: ListPlace): string {
  return Buffer.from(JSON.stringify([sortName, id])).toString('base64url');
}

/**
 * @internal
 * @throws `core.invalid-argument` for a text that no page gave
 */
export function readListCursor(cursor: string): ListPlace {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(value) && value.length === 2) {
      const [sortName, id] = value as unknown[];
      if (typeof sortName === 'string' && typeof id === 'string') return { sortName, id };
    }
  } catch (error) {
    throw invalid(cursor, error);
  }
  throw invalid(cursor);
}

function invalid(cursor: string, cause?: unknown): ModelkeepError {
  return new ModelkeepError('core.invalid-argument', {
    message: 'this is no cursor of a list',
    facts: { argument: 'after', found: cursor },
    hint: 'pass `next` of the page before',
    cause,
  });
}
