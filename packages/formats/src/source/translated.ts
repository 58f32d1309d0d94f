import { ModelkeepError, tooManyFiles } from '@modelkeep/core';

/** @internal Does something with a path; what the system says becomes a typed error. */
export function translated<T>(path: string, operation: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const systemCode = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
    if (systemCode === undefined) throw error;
    const options = { message: `cannot ${operation} ${path}: ${systemCode}`, cause: error };
    if (systemCode === 'ENOENT') throw new ModelkeepError('io.not-found', { ...options, facts: { path } });
    if (systemCode === 'EACCES' || systemCode === 'EPERM') {
      throw new ModelkeepError('io.permission', {
        ...options,
        facts: { path },
        hint: 'the user who runs this needs the right to read the file',
      });
    }
    if (systemCode === 'EMFILE' || systemCode === 'ENFILE')
      throw tooManyFiles({ what: path, systemCode, cause: error });
    throw new ModelkeepError('io.failed', { ...options, facts: { path, systemCode, operation } });
  }
}
