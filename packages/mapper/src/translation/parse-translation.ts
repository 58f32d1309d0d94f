import type { AppProfile } from '../profiles/app-profile.ts';
import { invalidTranslation } from './invalid-translation.ts';
import type { TranslationConfig } from './translation-config.ts';

/** @internal A config is a page of text: what is larger is none. */
export const LARGEST_TRANSLATION: number = 1024 * 1024;

/** Names that lead to what every object inherits. */
const INHERITED: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** @internal The text of a translation config. */
export interface TranslationText {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly profile: AppProfile;
}

/** @internal Checks one file. @throws `mapper.invalid-translation` with a pointer to the first field that is wrong */
export async function parseTranslation({ path, bytes, profile }: TranslationText): Promise<TranslationConfig> {
  const refuse = (pointer: string, problem: string): never => {
    throw invalidTranslation({ path, pointer, problem });
  };
  const data = readJsonText(bytes, refuse);
  const { translationSchema } = await import('./translation-schema.ts');
  const result = translationSchema.safeParse(data);
  if (!result.success) {
    const [issue] = result.error.issues;
    const pointer = (issue?.path ?? []).map((key) => `/${String(key)}`).join('');
    return refuse(pointer, issue?.message ?? 'is no translation config');
  }
  const config = result.data;
  checkWay(config, profile, refuse);
  checkRules(config, profile, refuse);
  return config;
}

type Refuse = (pointer: string, problem: string) => never;

function readJsonText(bytes: Uint8Array, refuse: Refuse): unknown {
  let inherited: string | undefined;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const data: unknown = JSON.parse(text, (key, value: unknown) => {
      if (INHERITED.has(key)) inherited ??= key;
      return value;
    });
    if (inherited !== undefined) return refuse('', `no field may be called ${inherited}`);
    return data;
  } catch (error) {
    if (error instanceof SyntaxError) return refuse('', 'it is not JSON');
    if (error instanceof TypeError) return refuse('', 'it is not UTF-8');
    if (error instanceof RangeError) return refuse('', 'it is nested too deeply');
    throw error;
  }
}

function checkWay({ way }: TranslationConfig, profile: AppProfile, refuse: Refuse): void {
  if (way === undefined || way.kind === 'plan-only') return;
  const wanted = JSON.stringify(way);
  if ([profile.way, ...profile.otherWays].some((one) => JSON.stringify(one) === wanted)) return;
  refuse('/way', `${profile.name} cannot be mapped in this way`);
}

/** A rule that does not say what the app opens relies on the profile. */
function checkRules({ rules = [] }: TranslationConfig, profile: AppProfile, refuse: Refuse): void {
  for (const [index, { types, accepts }] of rules.entries()) {
    if (accepts?.some(({ plugin }) => plugin !== null) === true && profile.pluginFolder === null)
      refuse(`/rules/${index}/accepts`, `${profile.name} has no plugins`);
    if (accepts !== undefined) continue;
    const unknown = types.find((type) => !profile.rules.some((rule) => rule.types.includes(type)));
    if (unknown !== undefined)
      refuse(`/rules/${index}/accepts`, `must be given, because the profile has no rule for ${unknown}`);
  }
}
