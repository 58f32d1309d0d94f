/** @internal One setting that is ours: a folder that the app is to look into. */
export interface SectionSetting {
  /** Its name in the file. */
  readonly key: string;
  /** Absolute. */
  readonly folder: string;
}

/** @internal One model that is ours, for files that name each model. */
export interface SectionModel {
  /** Unique in the file. */
  readonly name: string;
  /** The link to its weights, or to the first part of them: absolute. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string | null;
  /** The link to its vision part; null when it has none. */
  readonly mmproj: string | null;
}

/** @internal What of a config file is ours. Both lists empty: nothing. */
export interface ConfigSection {
  /** The app's folder. */
  readonly appRoot: string;
  readonly settings: readonly SectionSetting[];
  readonly models: readonly SectionModel[];
}

/** @internal A text with a change in it, or why it cannot be changed without losing or hiding what stands there. */
export type EditedText = { readonly text: string; readonly problem: null } | { readonly problem: string };

/** @internal How one kind of config file is changed. Both are pure: the same text gives the same result. */
export interface ConfigEditor {
  /** The text with the section in it and everything else as it was; null stands for a file that is not there. */
  put(text: string | null, section: ConfigSection): EditedText;
  /** The text without the section, as it was before. */
  take(text: string): EditedText;
}

/** @internal */
export function edited(text: string): EditedText {
  return { text, problem: null };
}
