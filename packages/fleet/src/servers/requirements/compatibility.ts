import coerce from 'semver/functions/coerce.js';
import parse from 'semver/functions/parse.js';
import satisfies from 'semver/functions/satisfies.js';
import type { FleetContent } from '../content.ts';
import type { Server } from '../server.ts';
import { statedCapacity } from './stated-capacity.ts';
import type { CompatibilityWarning, RequiredModel } from './requirement.ts';

/** @internal A requirement with the content that counts for it. */
export interface WeighedModel {
  readonly required: RequiredModel;
  readonly content: FleetContent | null;
}

/** @internal What speaks against these models on a server. What a server does not say speaks against nothing. */
export function createWarnings(models: readonly WeighedModel[]): (server: Server) => CompatibilityWarning[] {
  const tooOld = createVersionCheck(models);
  const memory = createMemoryCheck(models);
  return (server) => {
    const { families, version, memoryBytes } = statedCapacity(server);
    const warnings: CompatibilityWarning[] = [];
    for (const [place, { required, content }] of models.entries()) {
      const family = content?.family ?? null;
      if (families !== null && family !== null && !families.includes(family)) {
        const detail = `it runs ${families.join(', ')}, and this is ${family}`;
        warnings.push({ kind: 'family', model: required.model, detail });
      }
      if (version === null || !tooOld(version, place)) continue;
      const detail = `it has ${version}, and ${required.versions} is needed`;
      warnings.push({ kind: 'version', model: required.model, detail });
    }
    return [...warnings, ...memory(memoryBytes)];
  };
}

/** Many servers have the same version: each is compared once. */
function createVersionCheck(models: readonly WeighedModel[]): (version: string, place: number) => boolean {
  const known = new Map<string, readonly boolean[]>();
  return (version, place) => {
    const found = known.get(version) ?? models.map(({ required }) => isOutside(version, required.versions));
    known.set(version, found);
    return found[place] === true;
  };
}

function isOutside(version: string, versions: string | undefined): boolean {
  if (versions === undefined) return false;
  const known = parse(version) ?? coerce(version);
  return known === null || !satisfies(known, versions, { includePrerelease: true });
}

/** Models of one job are loaded together. */
function createMemoryCheck(
  models: readonly WeighedModel[],
): (memoryBytes: number | null) => readonly CompatibilityWarning[] {
  let needed = 0;
  for (const { required, content } of models) needed += required.memoryBytes ?? content?.sizeBytes ?? 0;
  const [only, ...others] = models;
  const model = others.length === 0 ? (only?.required.model ?? null) : null;
  return (memoryBytes) => {
    if (memoryBytes === null || needed <= memoryBytes) return [];
    return [{ kind: 'memory', model, detail: `it has ${memoryBytes} bytes of memory, and ${needed} are needed` }];
  };
}
