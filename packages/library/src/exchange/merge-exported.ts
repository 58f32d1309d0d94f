import type { ModelMetadata, ModelOverrides } from '@modelkeep/core';
import { readHistory, type ModelState } from '../metadata/history.ts';
import { stableJson } from '../metadata/stable-json.ts';
import { mergeMetadata } from '../models/merge-metadata.ts';
import type { ExportedModel } from './export-metadata.ts';

/** What metadata.json says of this library, of this folder or by derivation: it is not taken from elsewhere. */
const ownFields = new Set<string>([
  'schema',
  'minReader',
  'id',
  'slug',
  'officialName',
  'cleanedName',
  'type',
  'family',
  'baseModel',
  'format',
  'files',
  'sources',
  'sourceGroup',
  'variantOf',
  'companions',
  'place',
  'supersedes',
  'replaced',
  'evictedAt',
  'formerIds',
  'expectedFiles',
  'layers',
  'history',
  'revision',
  'txn',
  'importedAt',
  'updatedAt',
] satisfies (keyof ModelMetadata | 'type' | 'family' | 'baseModel')[]);

/** @internal A model with what an export of the same weights adds; the same objects where it adds nothing. */
export function mergeExported(
  present: ModelState,
  { metadata, overrides }: ExportedModel,
  { replaceEdits }: { readonly replaceEdits: boolean },
): ModelState {
  const weights = metadata.files.filter(({ role }) => role === 'weights');
  const merged = mergeMetadata(present.metadata, { ...metadata, files: weights });
  return {
    metadata: withCarried(merged, metadata),
    overrides: overrides === null ? present.overrides : mergeOverrides(present.overrides, overrides, replaceEdits),
  };
}

/** A later version's fields, and the history of a model that has none. */
function withCarried(present: ModelMetadata, exported: ModelMetadata): ModelMetadata {
  const unknown = Object.entries(exported).filter(([name]) => !ownFields.has(name) && !Object.hasOwn(present, name));
  const history = present.history === undefined ? readHistory(exported) : [];
  if (unknown.length === 0 && history.length === 0) return present;
  return { ...present, ...Object.fromEntries(unknown), ...(history.length === 0 ? {} : { history }) };
}

function mergeOverrides(present: ModelOverrides, exported: ModelOverrides, replaceEdits: boolean): ModelOverrides {
  const { schema: _schema, minReader: _minReader, fields = {}, ...others } = exported;
  const joined = <T extends object>(here: T, there: T): T =>
    replaceEdits ? { ...here, ...there } : { ...there, ...here };
  const merged: ModelOverrides = {
    ...joined(present, others as ModelOverrides),
    fields: joined(present.fields ?? {}, fields),
  };
  const before = { ...present, fields: present.fields ?? {} };
  return stableJson(merged) === stableJson(before) ? present : merged;
}
