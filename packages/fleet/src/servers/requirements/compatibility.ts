import coerce from 'semver/functions/coerce.js';
import parse from 'semver/functions/parse.js';
import satisfies from 'semver/functions/satisfies.js';
import type { FleetContent } from '../content.ts';
import type { ServerCapacity } from '../server.ts';
import type { CompatibilityWarning, RequiredModel } from './requirement.ts';

/** @internal A requirement with the content that counts for it. */
export interface WeighedModel {
  readonly required: RequiredModel;
  readonly content: FleetContent | null;
}

/** @internal What speaks against these models on a server. What a server does not say speaks against nothing. */
export function warningsOf(capacity: ServerCapacity, models: readonly WeighedModel[]): CompatibilityWarning[] {
  const warnings = models.flatMap((model) => [...familyWarning(capacity, model), ...versionWarning(capacity, model)]);
  return [...warnings, ...memoryWarning(capacity, models)];
}

function familyWarning({ families }: ServerCapacity, { required, content }: WeighedModel): CompatibilityWarning[] {
  const family = content?.family ?? null;
  if (families === null || family === null || families.includes(family)) return [];
  return [{ kind: 'family', model: required.model, detail: `it runs ${families.join(', ')}, and this is ${family}` }];
}

function versionWarning({ version }: ServerCapacity, { required }: WeighedModel): CompatibilityWarning[] {
  const { versions, model } = required;
  if (version === null || versions === undefined) return [];
  const known = parse(version) ?? coerce(version);
  if (known !== null && satisfies(known, versions, { includePrerelease: true })) return [];
  return [{ kind: 'version', model, detail: `it has ${version}, and ${versions} is needed` }];
}

/** Models of one job are loaded together. */
function memoryWarning({ memoryBytes }: ServerCapacity, models: readonly WeighedModel[]): CompatibilityWarning[] {
  if (memoryBytes === null) return [];
  let needed = 0;
  for (const { required, content } of models) needed += required.memoryBytes ?? content?.sizeBytes ?? 0;
  if (needed <= memoryBytes) return [];
  const [only, ...others] = models;
  const detail = `it has ${memoryBytes} bytes of memory, and ${needed} are needed`;
  return [{ kind: 'memory', model: others.length === 0 ? (only?.required.model ?? null) : null, detail }];
}
