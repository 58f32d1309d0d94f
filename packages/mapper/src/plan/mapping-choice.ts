import { extname } from 'node:path';
import type { AppMapping, ModelFile, ModelRecord } from '@modelkeep/core';
import validRange from 'semver/ranges/valid.js';
import { lastSegment } from '../app/path-parts.ts';
import { isSafeRelativePath, isSafeSegment } from '../app/safe-names.ts';
import type { AppProfile } from '../profiles/app-profile.ts';
import { isWithin } from '../versions/newest-version.ts';
import type { LinkReason } from './link-reason.ts';

/** @internal What a person and the profile want of a model's place, or why it has none. */
export type MappingChoice =
  | { readonly reason: LinkReason }
  | {
      readonly reason: null;
      /** A name of the person's own; null for the file's. */
      readonly name: string | null;
      /** Below the folder of the rule; null for the folder itself. */
      readonly subfolder: string | null;
      readonly names: 'cleaned' | 'official';
      /** Whether the answer rests on a version that is not known. */
      readonly guessed: boolean;
    };

/** @internal */
export interface MappingChoiceOptions {
  readonly profile: AppProfile;
  /** null when it is not known. */
  readonly version: string | null;
}

const LONGEST_RANGE = 256;

/** @internal Mapping is automatic: what a person says restricts it. */
export function mappingChoice(record: ModelRecord, { profile, version }: MappingChoiceOptions): MappingChoice {
  const { mapping } = record;
  if (mapping === undefined)
    return { reason: null, name: null, subfolder: null, names: profile.fileNames, guessed: false };
  const { id } = profile;
  const problem = own(mapping.problems, id) ?? own(mapping.problems, '*');
  if (problem !== undefined) return refused('override-invalid', problem);
  const stated = (field: keyof AppMapping): AppMapping[keyof AppMapping] =>
    own(mapping.apps, id)?.[field] ?? own(mapping.apps, '*')?.[field];
  if (stated('link') === false) return refused('excluded', `its overrides keep it out of ${profile.name}`);
  const range = own(mapping.versionRanges, id);
  const outside = range === undefined ? null : outsideRange(range, { profile, version });
  if (outside !== null) return { reason: outside };
  const name = (stated('name') as string | null | undefined) ?? null;
  const subfolder = (stated('folder') as string | null | undefined) ?? null;
  if (name !== null && !isSafeSegment(name))
    return refused('override-invalid', `the name ${JSON.stringify(name)} is not safe`);
  if (subfolder !== null && !isSafeRelativePath(subfolder))
    return refused('override-invalid', `the folder ${JSON.stringify(subfolder)} is not safe`);
  const names = (stated('names') as 'cleaned' | 'official' | null | undefined) ?? profile.fileNames;
  return { reason: null, name, subfolder, names, guessed: range !== undefined && version === null };
}

/** @internal The name that a link to a file gets, but for collisions. */
export function wantedName(file: ModelFile, choice: { readonly name: string | null; readonly names: string }): string {
  const cleaned = lastSegment(file.name);
  if (choice.name === null && choice.names === 'cleaned') return cleaned;
  const extension = extname(cleaned);
  if (choice.name !== null) {
    return choice.name.toLowerCase().endsWith(extension.toLowerCase()) ? choice.name : `${choice.name}${extension}`;
  }
  const official = lastSegment(file.officialName);
  const sameKind = extname(official).toLowerCase() === extension.toLowerCase();
  return sameKind && isSafeSegment(official) ? official : cleaned;
}

function outsideRange(range: string, { profile, version }: MappingChoiceOptions): LinkReason | null {
  if (range.length > LONGEST_RANGE || validRange(range) === null) {
    return { code: 'override-invalid', message: `${JSON.stringify(range.slice(0, 64))} is no range of versions` };
  }
  if (isWithin(version, range)) return null;
  const message = `it is for ${profile.name} ${range}, and this is ${version ?? 'a version that is not known, which counts as the newest'}`;
  return { code: 'version-excluded', message };
}

function refused(code: LinkReason['code'], message: string): MappingChoice {
  return { reason: { code, message } };
}

/** What stands in a file may be called like something that every object inherits. */
function own<T>(entries: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(entries, key) ? entries[key] : undefined;
}
