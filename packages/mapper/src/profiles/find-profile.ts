import { ModelkeepError } from '@modelkeep/core';
import { appProfiles } from './app-profiles.ts';
import type { AppProfile } from './app-profile.ts';
import { parseAppProfile } from './parse-profile.ts';

/**
 * @internal The profile of an app; one that is not ours is checked before it is used.
 * @throws `mapper.unknown-app`, `mapper.invalid-profile`
 */
export async function findProfile(profiles: readonly AppProfile[], app: string): Promise<AppProfile> {
  const profile = profiles.find(({ id }) => id === app);
  if (profile !== undefined) return appProfiles.includes(profile) ? profile : parseAppProfile(profile);
  const known = profiles.map(({ id }) => id);
  throw new ModelkeepError('mapper.unknown-app', {
    message: `there is no profile for the app "${app}"`,
    facts: { app, known },
    hint: `known apps: ${known.join(', ')}`,
  });
}
