import type { ConfigFormat } from './mapping-way.ts';

/** What a setting of an app does for one of its folders. */
export interface ConfigSetting {
  /** The profile's folder that the setting stands for, with those below it. */
  readonly folder: string;
  /** Its name in the file: a key, or a flag such as `--lora-dir`. */
  readonly key: string;
  /** `adds`: the app looks there as well; `replaces`: it looks nowhere else, its own folder included. */
  readonly effect: 'adds' | 'replaces';
}

/** A config file that tells an app where else to look. */
export interface ConfigFileFacts {
  readonly format: ConfigFormat;
  /** Relative to the app's folder. For `jan-yaml` the folder that holds one folder for each model. */
  readonly path: string;
  /** Its name where it has another one on Windows. */
  readonly windowsPath: string | null;
  /** Empty where the file names each model by itself. */
  readonly settings: readonly ConfigSetting[];
  /** What a person does so that the app takes notice. */
  readonly note: string | null;
}
