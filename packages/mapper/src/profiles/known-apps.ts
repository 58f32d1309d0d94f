import { appProfiles } from './app-profiles.ts';
import type { MappingWay } from './mapping-way.ts';

/** An app that can be mapped, or whose plan can be made. Plain data. */
export interface KnownApp {
  /** The id of its profile: `comfyui`. */
  readonly app: string;
  readonly name: string;
  /** How it can be made to see models, the usual way first. */
  readonly ways: readonly MappingWay[];
}

/** The apps that are known without a plugin. */
export function knownApps(): readonly KnownApp[] {
  return appProfiles.map(({ id, name, way, otherWays }) => ({ app: id, name, ways: [way, ...otherWays] }));
}
