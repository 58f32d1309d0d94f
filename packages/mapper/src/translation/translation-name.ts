/** @internal What the name of a translation config says. */
export interface TranslationName {
  readonly app: string;
  /** As it stands in the name; `any` for every version. */
  readonly appVersion: string;
  readonly modelConfig: string;
}

const ENDING = '.json';
const MODEL_CONFIG = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const VERSION = /^[A-Za-z0-9][A-Za-z0-9.+-]{0,127}$/;

/**
 * @internal Takes `<app>_<appversion>_<modelconfig>.json` apart. Ids of apps and names of model configs may hold underscores and
 * versions do not: the longest id that the name begins with is the app.
 *
 * @returns null for a name of another kind, or of no app that is known
 */
export function readTranslationName(file: string, apps: readonly string[]): TranslationName | null {
  if (!file.endsWith(ENDING)) return null;
  const stem = file.slice(0, -ENDING.length);
  const fitting = apps
    .filter((app) => stem.startsWith(`${app}_`))
    .toSorted((left, right) => right.length - left.length);
  for (const app of fitting) {
    const rest = stem.slice(app.length + 1);
    const split = rest.indexOf('_');
    const appVersion = rest.slice(0, split);
    const modelConfig = rest.slice(split + 1);
    if (split > 0 && VERSION.test(appVersion) && MODEL_CONFIG.test(modelConfig))
      return { app, appVersion, modelConfig };
  }
  return null;
}
