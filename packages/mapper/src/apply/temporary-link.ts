import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';

/** @internal Where a link is made that is to replace another one. Made from what is recorded, so that recovery finds it. */
export function temporaryLinkName(target: string, runId: string): string {
  const token = createHash('sha256').update(`${runId}\0${target}`).digest('hex').slice(0, 16);
  return join(dirname(target), `.${token}.modelkeep-tmp`);
}
