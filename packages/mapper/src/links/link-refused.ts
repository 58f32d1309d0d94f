import { ModelkeepError } from '@modelkeep/core';
import { systemCodeOf } from '@modelkeep/io';

/** What drives and systems answer when it is this kind of link that they do not make, for this user or at all. */
const refusals = new Set(['EPERM', 'EACCES', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'ENOTTY', 'EINVAL', 'EXDEV', 'EMLINK']);

/** @internal Whether another kind of link may fare better. */
export function mayTryAnother(error: unknown): boolean {
  return refusals.has(systemCodeOf(error) ?? '');
}

/** @internal No kind that may be used works. */
export function linkRefused(path: string, cause: unknown): ModelkeepError {
  const systemCode = systemCodeOf(cause) ?? 'none is possible';
  return new ModelkeepError('mapper.link-refused', {
    message: `the system refused to make the link ${path} (${systemCode})`,
    facts: { path, systemCode },
    hint:
      'check who may write in this folder. Its drive may have no links (exFAT), symlinks need Developer Mode or an ' +
      'administrator on Windows, and hard links and clones stay on one drive: a copy has to be allowed',
    cause,
  });
}
