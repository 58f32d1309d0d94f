import type { ModelType } from '@modelkeep/core';
import type { AcceptedModels, UnmappedTypes } from '../profiles/app-profile.ts';
import type { MappingWay } from '../profiles/mapping-way.ts';

/** One rule of a translation config: it counts before those of the profile. */
export interface TranslationRule {
  readonly types: readonly ModelType[];
  /** Only these families; absent or null for any. A model of no known family goes by the rules for any first. */
  readonly families?: readonly string[] | null | undefined;
  /** Below the app's folder, `/` between segments. */
  readonly folder: string;
  /** What the app opens there. @default what the profile says of such a type */
  readonly accepts?: readonly AcceptedModels[] | undefined;
}

/**
 * What a caller says about an app, from one of its versions on: a file `<app>_<appversion>_<modelconfig>.json`. All of it
 * is optional but `schema`; what it does not say is left to the profile.
 */
export interface TranslationConfig {
  readonly $schema?: string | undefined;
  readonly schema: 1;
  /** One of the ways that the profile names, or `plan-only`. */
  readonly way?: MappingWay | undefined;
  readonly fileNames?: 'cleaned' | 'official' | undefined;
  readonly rules?: readonly TranslationRule[] | undefined;
  /** Types that this version does not get. */
  readonly unmapped?: readonly UnmappedTypes[] | undefined;
}

/** Which translation config a plan follows. */
export interface ChosenTranslation {
  /** The name of the file. */
  readonly file: string;
  /** The app version in its name, as it stands there. */
  readonly appVersion: string;
  readonly modelConfig: string;
}
