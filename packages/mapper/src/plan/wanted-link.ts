import type { MappableModel } from './mappable-model.ts';
import type { PlacedFile } from './placement.ts';

/** @internal One link that is wanted. */
export interface WantedLink {
  readonly model: MappableModel;
  readonly file: PlacedFile;
  /** As the plan says it: a folder of the profile, or of the store. */
  readonly folder: string;
  /** Below that folder. */
  readonly name: string;
  /** The folder that the link itself is in. */
  readonly viewFolder: string;
}
