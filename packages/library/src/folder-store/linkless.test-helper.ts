import { ModelkeepError } from '@modelkeep/core';
import { nodeFileSystem, type FileSystem } from '@modelkeep/io';

/** The file system of the machine, as on exFAT: no file gets a second name. */
export const linklessFileSystem: FileSystem = {
  ...nodeFileSystem,
  link: (_existing, path) => Promise.reject(refusal(path, 'EPERM')),
  reflink: (_existing, path) => Promise.reject(refusal(path, 'EOPNOTSUPP')),
};

function refusal(path: string, systemCode: string): ModelkeepError {
  const cause = Object.assign(new Error(systemCode), { code: systemCode, syscall: 'link' });
  if (systemCode === 'EPERM') return new ModelkeepError('io.permission', { message: 'no', facts: { path }, cause });
  return new ModelkeepError('io.failed', { message: 'no', facts: { path, systemCode, operation: 'link' }, cause });
}
