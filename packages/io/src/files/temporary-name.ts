import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';

/** @internal A name that nobody else uses, in the same folder: so in the same file system. */
export function temporaryNameBeside(path: string): string {
  return join(dirname(path), `.${randomBytes(8).toString('hex')}.tmp`);
}
