import { findViewRoot } from '../config/view-root.ts';
import type { ConfigPlace } from '../config/config-place.ts';
import type { MapperContext } from '../mapper-context.ts';
import type { AppProfile } from '../profiles/app-profile.ts';
import type { PlanWarning } from './link-plan.ts';

/** @internal */
export interface OtherWayOptions {
  readonly profile: AppProfile;
  /** The app's folder. */
  readonly appRoot: string;
  /** Where the app's config leads to; null where it is mapped without one. */
  readonly place: ConfigPlace | null;
  readonly signal: AbortSignal | undefined;
}

/** @internal Links that were made in the other way stay, and the app lists what both lead to twice. */
export async function otherWayWarnings(
  context: MapperContext,
  { profile, appRoot, place, signal }: OtherWayOptions,
): Promise<readonly PlanWarning[]> {
  const { id: app, name } = profile;
  const isWays = profile.configFiles.length > 0;
  const other = place === null && isWays ? await findViewRoot(context, { app, appRoot }) : appRoot;
  if (!isWays || other === null) return [];
  const links = await context.links.list({ app, appRoot: other }, signal);
  if (links.length === 0) return [];
  const [made, by] = [links.length === 1 ? '1 link' : `${links.length} links`, place === null ? 'config' : 'links'];
  const message = `${made} that an earlier run made by ${by} stay in ${other}, and ${name} lists those models twice: unlink the app first, and then link it in the one way`;
  return [{ code: 'linked-twice', message }];
}
