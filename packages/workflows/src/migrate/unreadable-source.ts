import { ModelkeepError } from '@modelkeep/core';

/** @internal What is said of a file of another tool that cannot be used. */
export interface UnreadableSourceOptions {
  readonly reason: string;
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/** @internal */
export function unreadableSource(path: string, { reason, hint, cause }: UnreadableSourceOptions): ModelkeepError {
  return new ModelkeepError('workflows.unreadable-source', {
    message: `${path} cannot be read: ${reason}`,
    facts: { path, reason },
    hint,
    cause,
  });
}
