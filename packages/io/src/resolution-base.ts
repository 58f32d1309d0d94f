import { pathToFileURL } from 'node:url';
import { join } from 'node:path';

/**
 * @internal Where optional packages are looked up: beside this module; in a CommonJS bundle, which has no url of its
 * own, where the process runs.
 */
export function resolutionBase(): string {
  const url = import.meta.url as string | undefined;
  return url ?? pathToFileURL(join(process.cwd(), 'index.js')).href;
}
