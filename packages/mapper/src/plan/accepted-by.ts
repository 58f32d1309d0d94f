import { extname } from 'node:path';
import type { ModelRecord } from '@modelkeep/core';
import type { AppFacts } from '../app/app-facts.ts';
import type { AcceptedModels, AppProfile, MappingRule } from '../profiles/app-profile.ts';
import type { LinkReason } from './link-reason.ts';

/** @internal The rule that takes a model, or why none does. */
export type Acceptance =
  | { readonly rule: MappingRule; readonly accepts: AcceptedModels; readonly reason: null }
  | { readonly rule: null; readonly reason: LinkReason };

/** @internal Finds the rule of a profile that takes a model. */
export function acceptedBy(profile: AppProfile, record: ModelRecord): Acceptance {
  const typed = profile.rules.filter(({ types }) => types.includes(record.type));
  const ofType = ofFamily(typed, record.family);
  if (typed.length > 0 && ofType.length === 0) {
    const message = `${profile.name} does not run models of the family ${record.family}`;
    return { rule: null, reason: { code: 'family-not-mapped', message } };
  }
  for (const rule of ofType) {
    const accepts = rule.accepts.find(({ formats }) => formats.includes(record.format));
    if (accepts !== undefined) return { rule, accepts, reason: null };
  }
  if (ofType.length > 0) {
    const message = `${profile.name} does not open ${record.format} files of type ${record.type}`;
    return { rule: null, reason: { code: 'format-not-accepted', message } };
  }
  const unmapped = profile.unmapped.find(({ types }) => types.includes(record.type));
  const message = unmapped?.reason ?? `${profile.name} has no folder for models of type ${record.type}`;
  return { rule: null, reason: { code: 'type-not-mapped', message } };
}

/** @internal The same for many models: those of one type, family and format are decided about once. */
export function acceptanceOf(profile: AppProfile): (record: ModelRecord) => Acceptance {
  const known = new Map<string, Map<string | null, Map<string, Acceptance>>>();
  return (record) => {
    const { type, family, format } = record;
    const ofType = known.get(type) ?? new Map<string | null, Map<string, Acceptance>>();
    const ofFamily = ofType.get(family) ?? new Map<string, Acceptance>();
    const found = ofFamily.get(format);
    if (found !== undefined) return found;
    const acceptance = acceptedBy(profile, record);
    known.set(type, ofType.set(family, ofFamily.set(format, acceptance)));
    return acceptance;
  };
}

/** A model of no known family goes by the rules for any family first, and then by those for some. */
function ofFamily(rules: readonly MappingRule[], family: string | null): readonly MappingRule[] {
  if (family !== null) return rules.filter(({ families }) => families === null || families.includes(family));
  return [...rules.filter(({ families }) => families === null), ...rules.filter(({ families }) => families !== null)];
}

/** @internal What stands against linking a model that a rule takes, whatever its files' names are; null when nothing does. */
export function missingForApp(accepts: AcceptedModels, record: ModelRecord, facts: AppFacts): LinkReason | null {
  const { plugin, needsOneOf } = accepts;
  if (plugin?.missing === 'skip' && !facts.hasPlugin(plugin.name)) {
    return {
      code: 'plugin-missing',
      message: `${record.format} models need ${plugin.name}, which is not installed in this app`,
    };
  }
  if (needsOneOf.length === 0) return null;
  const group = needsOneOf.find((oneOf) => !record.files.some(({ name }) => oneOf.includes(name)));
  if (group !== undefined) {
    return { code: 'file-missing-in-model', message: `the app opens such a folder only with ${group.join(' or ')}` };
  }
  return null;
}

/** @internal Whether the app reads a file with this name as what it is. */
export function extensionProblem(accepts: AcceptedModels, name: string): LinkReason | null {
  const extension = extname(name).toLowerCase();
  if (accepts.extensions.includes(extension)) return null;
  const wanted = accepts.extensions.join(', ');
  return {
    code: 'extension-not-accepted',
    message: `the app reads ${accepts.formats.join(' and ')} files only with the extension ${wanted}: ${name}`,
  };
}
