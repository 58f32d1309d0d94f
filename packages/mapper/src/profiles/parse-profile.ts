import { ModelkeepError } from '@modelkeep/core';
import type { AppProfile } from './app-profile.ts';

/**
 * Checks a profile that comes from a plugin or a file.
 *
 * @param data - such as parsed JSON
 * @returns the profile; nothing in it leads out of the app's folder
 * @throws `mapper.invalid-profile` with a pointer to the first field that is wrong
 *
 * @example
 * ```ts
 * import { readFile } from 'node:fs/promises';
 * import { parseAppProfile } from '@modelkeep/mapper';
 *
 * const profile = await parseAppProfile(JSON.parse(await readFile('my-app.json', 'utf8')));
 * ```
 */
export async function parseAppProfile(data: unknown): Promise<AppProfile> {
  const { profileSchema } = await import('./profile-schema.ts');
  const result = profileSchema.safeParse(data);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const pointer = `/${(issue?.path ?? []).map(String).join('/')}`;
  const problem = issue?.message ?? 'is not a profile';
  const id = typeof data === 'object' && data !== null && 'id' in data ? String(data.id).slice(0, 64) : 'unknown';
  throw new ModelkeepError('mapper.invalid-profile', {
    message: `the app profile "${id}" is not valid at ${pointer}: ${problem}`,
    facts: { profile: id, pointer, problem },
    hint: 'correct the field that the pointer names; the profiles in this package are examples',
  });
}
