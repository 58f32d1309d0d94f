import compare from 'semver/functions/compare.js';
import type { LoadedTranslation } from './load-translations.ts';

/** @internal */
export interface ChooseTranslationOptions {
  /** The installed version; null when it is not known: then it counts as the newest. */
  readonly version: string | null;
  readonly modelConfig: string;
}

/** @internal The config that every caller gets who names none. */
export const DEFAULT_MODEL_CONFIG = 'default';

/**
 * @internal The config of the highest version that is not above the installed one, of the model config that was asked for, or else
 * of `default`.
 */
export function chooseTranslation(
  loaded: readonly LoadedTranslation[],
  { version, modelConfig }: ChooseTranslationOptions,
): LoadedTranslation | null {
  const fitting = loaded.filter(
    (one) => one.version === null || version === null || compare(one.version, version) <= 0,
  );
  const best = (wanted: string): LoadedTranslation | undefined =>
    fitting.filter((one) => one.modelConfig === wanted).toSorted(newestFirst)[0];
  return best(modelConfig) ?? best(DEFAULT_MODEL_CONFIG) ?? null;
}

function newestFirst(left: LoadedTranslation, right: LoadedTranslation): number {
  return compare(right.version ?? '0.0.0-0', left.version ?? '0.0.0-0');
}
