import type { ModelFormat, ModelType } from '@modelkeep/core';
import type { ConfigFileFacts } from './config-file-facts.ts';
import type { MappingWay } from './mapping-way.ts';
import type { ProfileVersions } from './profile-versions.ts';

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
  /** Only these families, as `family` names them; null for any. A model of no known family fits as well, after the rules for any. */
  readonly families: readonly string[] | null;
  /** Best first. The later ones are older names of the same folder, which the app still reads. */
  readonly folders: readonly ProfileFolder[];
  readonly accepts: readonly AcceptedModels[];
  /**
   * For a profile that is `plan-only`: what a person or a program does with such a model. `{path}` stands for the file or
   * folder, `{path:url}` for the same as a part of an address, `{path:shell}` for the same in the quotes of a shell.
   */
  readonly advice: string | null;
}

/** Types that the app has no place for. */
export interface UnmappedTypes {
  readonly types: readonly ModelType[];
  /** Said to the person who wonders where the model is. */
  readonly reason: string;
}

/** Where the app looks for what is known of a model. */
export interface ProfileSidecars {
  /** `beside`: in files beside the model that share its stem, such as `<stem>.json`; `none`: it reads none. */
  readonly metadata: 'beside' | 'none';
  /**
   * The ends of the names of pictures that the app shows beside a model, after its stem, the best first: `.preview.png`. Empty:
   * it shows none. Those of the form `.preview.<ext>` are linked with the model; other names are the user's own.
   */
  readonly previews: readonly string[];
}

/** By what an app's folder is told from those of other apps. Paths are relative to it; a last segment may end in `*`. */
export interface ProfileSigns {
  /** All of them are there. */
  readonly all: readonly string[];
  /** None of them is. */
  readonly none: readonly string[];
}

/** What is known about one app: plain data, so that it can be written in JSON and come from a plugin. */
export interface AppProfile {
  /** Lower-case letters, digits, hyphens and underscores: `comfyui`. */
  readonly id: string;
  /** As people write it: `ComfyUI`. */
  readonly name: string;
  /** How the app is made to see models unless another way is asked for. */
  readonly way: MappingWay;
  /** Other ways that the app offers. */
  readonly otherWays: readonly MappingWay[];
  readonly versions: ProfileVersions;
  /** Names of links: `cleaned` as the library has them, or `official` as they were where they came from, where they are safe. */
  readonly fileNames: 'cleaned' | 'official';
  readonly sidecars: ProfileSidecars;
  /** Files or folders by which the app's folder is recognised; one of them is enough. */
  readonly marks: readonly string[];
  /** By what an unknown folder is taken for this app; null: it is never guessed. */
  readonly signs: ProfileSigns | null;
  /** Where custom nodes or extensions are installed; null when the app has none. */
  readonly pluginFolder: string | null;
  /** The first rule that lists the model's type and accepts its format decides. */
  readonly rules: readonly MappingRule[];
  readonly unmapped: readonly UnmappedTypes[];
  /** The config files through which the app looks elsewhere, for the ways of kind `config`. */
  readonly configFiles: readonly ConfigFileFacts[];
}
