import { createHash } from 'node:crypto';
import type { ModelFile } from '@modelkeep/core';
import type { AppFacts } from '../app/app-facts.ts';
import { inFolder, lastSegment } from '../app/path-parts.ts';
import { isSafeRelativePath, isSafeSegment } from '../app/safe-names.ts';
import type { AcceptedModels, AppProfile, MappingRule } from '../profiles/app-profile.ts';
import { acceptedBy, extensionProblem, missingForApp } from './accepted-by.ts';
import type { LinkReason } from './link-reason.ts';
import type { MappableModel } from './mappable-model.ts';
import { mappingChoice, wantedName } from './mapping-choice.ts';
import type { PlacedFile } from './placement.ts';

/** @internal */
export interface PlaceModelOptions {
  readonly profile: AppProfile;
  readonly facts: AppFacts;
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
      readonly files: readonly PlacedFile[];
    }
  | { readonly rule: null; readonly reason: LinkReason };

/** @internal Decides about one model by its record alone. */
export function placeModel(model: MappableModel, { profile, facts }: PlaceModelOptions): ModelPlace {
  const { record } = model;
  const choice = mappingChoice(record, { profile, version: facts.version });
  if (choice.reason !== null) return { rule: null, reason: choice.reason };
  const acceptance = acceptedBy(profile, record);
  if (acceptance.rule === null) return acceptance;
  const { rule, accepts } = acceptance;
  const missing = missingForApp(accepts, record, facts);
  if (missing !== null) return { rule: null, reason: missing };
  const unsafe = record.files.find(({ name }) => !isSafeRelativePath(name));
  if (unsafe !== undefined)
    return skip('unsafe-name', `the model has a file whose name is not safe: ${JSON.stringify(unsafe.name)}`);

  const weights = record.files.filter(({ role }) => role === 'weights');
  const [only] = weights;
  if (only === undefined) return skip('no-weights', 'the model has no weights file');
  const { subfolder, guessed } = choice;
  const isFolder = accepts.link === 'folder' || weights.length > 1;
  const baseName = isFolder ? (choice.name ?? folderName(record, choice.names)) : wantedName(only, choice);
  if (!isSafeSegment(baseName))
    return skip('unsafe-name', `the model's folder has a name that is not safe: ${JSON.stringify(baseName)}`);
  if (accepts.link === 'folder') {
    if (!record.complete) return skip('incomplete', 'parts of this model are missing');
    const link: PlacedFile = { source: model.folder, fileSha256: null, leadsTo: 'folder', nameInFolder: null };
    return { rule, accepts, subfolder, guessed, baseName, digest: digestOf(weights), files: [link] };
  }
  const extension = weights.map(({ name }) => extensionProblem(accepts, name)).find((problem) => problem !== null);
  if (extension !== undefined && extension !== null) return { rule: null, reason: extension };
  if (weights.length > 1) return placeShards(model, { rule, accepts, subfolder, guessed, baseName, profile, weights });
  return { rule, accepts, subfolder, guessed, baseName, digest: only.sha256, files: [placedFile(model, only)] };
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

function placeShards(model: MappableModel, { profile, weights, ...place }: Shards): ModelPlace {
  const { record } = model;
  if (place.accepts.shards === 'refuse') {
    return skip(
      'shards-not-supported',
      `${profile.name} opens single files only, and this model is in ${weights.length} parts`,
    );
  }
  if (!record.complete) return skip('incomplete', 'parts of this model are missing');
  const linked = record.files.filter(({ role }) => role === 'weights' || role === 'index');
  const files = linked.map((file) => ({ ...placedFile(model, file), nameInFolder: lastSegment(file.name) }));
  return { ...place, digest: digestOf(weights), files };
}

function placedFile(model: MappableModel, file: ModelFile): PlacedFile {
  return {
    source: inFolder(model.folder, file.at ?? file.name),
    fileSha256: file.sha256,
    sizeBytes: file.sizeBytes,
    leadsTo: 'file',
    nameInFolder: null,
  };
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
