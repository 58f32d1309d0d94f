import { createHash } from 'node:crypto';
import type { ModelFile, ModelRecord } from '@modelkeep/core';
import type { AppFacts } from '../app/app-facts.ts';
import { lastSegment } from '../app/path-parts.ts';
import { isSafeRelativePath, isSafeSegment } from '../app/safe-names.ts';
import type { AcceptedModels, AppProfile, MappingRule } from '../profiles/app-profile.ts';
import { acceptedBy, extensionProblem, missingForApp, type Acceptance } from './accepted-by.ts';
import type { LinkReason } from './link-reason.ts';
import type { MappableModel } from './mappable-model.ts';
import { mappingChoice, wantedName } from './mapping-choice.ts';
import type { Placement } from './placement.ts';

/** @internal */
export interface PlaceModelOptions {
  readonly profile: AppProfile;
  readonly facts: AppFacts;
  /** @default {@link acceptedBy} */
  readonly accept?: ((record: ModelRecord) => Acceptance) | undefined;
}

/** @internal Where a model goes, but for the folder's name and collisions; or why it goes nowhere. */
export type ModelPlace =
  | {
      readonly rule: MappingRule;
      readonly accepts: AcceptedModels;
      /** Below the folder of the rule; null for the folder itself. */
      readonly subfolder: string | null;
      readonly baseName: string;
      /** Whether the place rests on a version that is not known. */
      readonly guessed: boolean;
      readonly digest: string;
      readonly links: Placement['links'];
    }
  | { readonly rule: null; readonly reason: LinkReason };

/** @internal Decides about one model by its record alone. */
export function placeModel(model: MappableModel, { profile, facts, accept }: PlaceModelOptions): ModelPlace {
  const { record } = model;
  const choice = mappingChoice(record, { profile, version: facts.version });
  if (choice.reason !== null) return { rule: null, reason: choice.reason };
  const acceptance = accept === undefined ? acceptedBy(profile, record) : accept(record);
  if (acceptance.rule === null) return acceptance;
  const { rule, accepts } = acceptance;
  const missing = missingForApp(accepts, record, facts);
  if (missing !== null) return { rule: null, reason: missing };
  const unsafe = record.files.find(({ name }) => !isSafeRelativePath(name));
  if (unsafe !== undefined)
    return skip('unsafe-name', `the model has a file whose name is not safe: ${JSON.stringify(unsafe.name)}`);

  const weights = record.files.every(isWeights) ? record.files : record.files.filter(isWeights);
  const [only] = weights;
  if (only === undefined) return skip('no-weights', 'the model has no weights file');
  const { subfolder, guessed } = choice;
  const isFolder = accepts.link === 'folder' || weights.length > 1;
  const baseName = isFolder ? (choice.name ?? folderName(record, choice.names)) : wantedName(only, choice);
  const isFileName = baseName === only.name && !baseName.includes('/');
  if (!isFileName && !isSafeSegment(baseName))
    return skip('unsafe-name', `the model's folder has a name that is not safe: ${JSON.stringify(baseName)}`);
  if (accepts.link === 'folder') {
    if (!record.complete) return skip('incomplete', 'parts of this model are missing');
    return { rule, accepts, subfolder, guessed, baseName, digest: digestOf(weights), links: 'folder' };
  }
  for (const { name } of weights) {
    const problem = extensionProblem(accepts, name);
    if (problem !== null) return { rule: null, reason: problem };
  }
  if (weights.length > 1) return placeShards(record, { rule, accepts, subfolder, guessed, baseName, profile, weights });
  return { rule, accepts, subfolder, guessed, baseName, digest: only.sha256, links: 'file' };
}

interface Shards {
  readonly profile: AppProfile;
  readonly rule: MappingRule;
  readonly accepts: AcceptedModels;
  readonly weights: readonly ModelFile[];
  readonly subfolder: string | null;
  readonly guessed: boolean;
  readonly baseName: string;
}

function placeShards(record: ModelRecord, { profile, weights, ...place }: Shards): ModelPlace {
  if (place.accepts.shards === 'refuse') {
    return skip(
      'shards-not-supported',
      `${profile.name} opens single files only, and this model is in ${weights.length} parts`,
    );
  }
  if (!record.complete) return skip('incomplete', 'parts of this model are missing');
  return { ...place, digest: digestOf(weights), links: 'parts' };
}

/** @internal */
export function isWeights({ role }: ModelFile): boolean {
  return role === 'weights';
}

function skip(code: LinkReason['code'], message: string): ModelPlace {
  return { rule: null, reason: { code, message } };
}

/** What a model that is a folder is called; one outside the library has an id for its place. */
function folderName(record: MappableModel['record'], names: 'cleaned' | 'official'): string {
  const official = lastSegment(record.officialName);
  return names === 'official' && isSafeSegment(official) ? official : lastSegment(record.slug);
}

/** The content of a set of files, in any order. */
function digestOf(files: readonly ModelFile[]): string {
  const lines = files.map(({ name, sha256 }) => `${name}\0${sha256}`).sort();
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}
