import type { ModelFormat, ModelType } from '@modelkeep/core';
import type { MappingWay } from './mapping-way.ts';

/** A folder of an app for one kind of model. */
export interface ProfileFolder {
  /** Relative to the app's folder, `/` between segments. */
  readonly path: string;
  /** The first app version that reads this folder; null when every version does. */
  readonly since: string | null;
}

/** A custom node or extension of the app that has to be installed. */
export interface ProfilePlugin {
  /** The name of its folder in {@link AppProfile.pluginFolder}; case does not count. */
  readonly name: string;
  /** What happens to the models without it: they are skipped, or linked with a warning. */
  readonly missing: 'skip' | 'warn';
}

/** The models of a rule that the app can open. The first entry that lists the model's format decides. */
export interface AcceptedModels {
  readonly formats: readonly ModelFormat[];
  /** Extensions of the file, with the dot, in lower case; empty for folders. The app chooses its reader by them. */
  readonly extensions: readonly string[];
  /** Whether a link leads to the weights file or to the whole folder of the model. */
  readonly link: 'file' | 'folder';
  /**
   * What happens to weights in several files: `refuse` skips the model because the app opens single files only;
   * `folder` links them with their own names, and the index, into a folder that is named after the model.
   */
  readonly shards: 'refuse' | 'folder';
  /** Files that the model must have for the app to open it: one of each group. */
  readonly needsOneOf: readonly (readonly string[])[];
  readonly plugin: ProfilePlugin | null;
}

/** Where the app looks for some types of models. */
export interface MappingRule {
  readonly types: readonly ModelType[];
  /** Best first. The later ones are older names of the same folder, which the app still reads. */
  readonly folders: readonly ProfileFolder[];
  readonly accepts: readonly AcceptedModels[];
}

/** Types that the app has no place for. */
export interface UnmappedTypes {
  readonly types: readonly ModelType[];
  /** Said to the person who wonders where the model is. */
  readonly reason: string;
}

/** What is known about one app: plain data, so that it can be written in JSON and come from a plugin. */
export interface AppProfile {
  /** Lower-case letters, digits and hyphens: `comfyui`. */
  readonly id: string;
  /** As people write it: `ComfyUI`. */
  readonly name: string;
  /** How the app is made to see models unless another way is asked for. */
  readonly way: MappingWay;
  /** Other ways that the app offers. */
  readonly otherWays: readonly MappingWay[];
  /** Files or folders by which the app's folder is recognised; one of them is enough. */
  readonly marks: readonly string[];
  /** Where custom nodes or extensions are installed; null when the app has none. */
  readonly pluginFolder: string | null;
  /** The first rule that lists the model's type and accepts its format decides. */
  readonly rules: readonly MappingRule[];
  readonly unmapped: readonly UnmappedTypes[];
}
