import type { ContentQuery } from './content.ts';
import { checkRepo, checkSha256 } from './check-inventory.ts';
import { checkCount, checkOptionalText, checkText, refuse } from './check-text.ts';

const MAX_QUERIES = 1_000;

/** For engines. @throws `core.invalid-argument` */
export function checkQueries(queries: readonly ContentQuery[]): void {
  if (queries.length > MAX_QUERIES) refuse('models', queries.length, `use at most ${MAX_QUERIES} at once`);
  for (const query of queries) {
    switch (query.by) {
      case 'sha256':
        checkSha256('sha256', query.sha256);
        break;
      case 'civitai':
        checkCount('versionId', query.versionId, 1);
        break;
      case 'hf':
        checkRepo(query.repo);
        checkText('path', query.path, 1_024);
        checkOptionalText('revision', query.revision, 256);
        break;
      case 'alias':
        checkText('alias', query.path, 4_096);
    }
  }
}
