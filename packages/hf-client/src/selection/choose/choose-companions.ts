import { isTrainingState } from '@modelkeep/core';
import { pipelinePart } from '../describe/describe-files.ts';
import type { FileDescription } from '../describe/file-description.ts';
import { baseOf, folderOf, withThoseAbove } from '../describe/name-parts.ts';
import { canonicalPrecision } from '../describe/precision.ts';
import type { FileSelection, LeftReason } from '../file-selection.ts';
import type { WeightsUnit } from './weights-unit.ts';
import { listOf } from './wishes.ts';

/** What the small files of a repo are judged by. */
export interface CompanionContext {
  readonly selection: FileSelection;
  readonly units: readonly WeightsUnit[];
  readonly taken: ReadonlySet<WeightsUnit>;
  /** All files of the repo. */
  readonly files: readonly FileDescription[];
}

/** A test of the files without weights: why a file is left, null for one that goes with the weights that are taken. */
export function companionFilter(context: CompanionContext): (file: FileDescription) => LeftReason | null {
  const { selection, units, taken } = context;
  const pipelines = new Set([...taken].flatMap(({ pipeline }) => pipeline ?? []));
  const folders = neededFolders(context, pipelines);
  const takenStems = stemsByFolder([...taken]);
  const leftStems = stemsByFolder(units.filter((unit) => !taken.has(unit)));
  const indexes = new Set([...taken].map(indexKey));
  return ({ path, role }) => {
    const base = baseOf(path);
    const folder = folderOf(path);
    if (isTrainingState(path) || /^trainer_state\.json$/iu.test(base)) return 'training-state';
    if (selection.companions === false) return 'not-needed';
    if (role === 'index') return indexes.has(indexKeyOf(path)) ? null : 'not-needed';
    if (isSidecar(base, takenStems.get(folder))) return null;
    if (base === 'model_index.json') return pipelines.has(folder) && folders.has(folder) ? null : 'not-needed';
    if (!folders.has(folder) || isSidecar(base, leftStems.get(folder))) return 'not-needed';
    return role === 'preview' || role === 'other' ? 'not-needed' : null;
  };
}

/** The folders whose configs are needed: those of the weights and above them, and those of their pipelines that hold no weights. */
function neededFolders(context: CompanionContext, pipelines: ReadonlySet<string>): ReadonlySet<string> {
  const { selection, units, taken, files } = context;
  const folders = new Set([...taken].map(({ folder }) => folder));
  if (listOf(selection.component).length > 0) return folders;
  const withWeights = new Set(units.flatMap(({ files: [first] }) => partKey(first?.path, pipelines) ?? []));
  for (const { path } of files) {
    const key = partKey(path, pipelines);
    if (key !== null && !withWeights.has(key)) folders.add(folderOf(path));
  }
  return withThoseAbove(folders).add('');
}

function partKey(path: string | undefined, pipelines: ReadonlySet<string>): string | null {
  const part = path === undefined ? null : pipelinePart(path, pipelines);
  return part === null ? null : JSON.stringify([part.pipeline, part.part]);
}

/** `a/b/model-…-of-00003.safetensors` and `a/b/model.safetensors.index.json` have one key. */
function indexKey({ folder, name, precision, files: [first] }: WeightsUnit): string | null {
  const isSet = (first?.shard ?? null) !== null;
  return isSet
    ? JSON.stringify([folder, name.toLowerCase().replace(/\.(?:fp|bf)\d+(?=[.-]|$)/u, ''), precision])
    : null;
}

/** The precision stands before the extension, or before `.json`: `model.safetensors.index.fp16.json`. */
function indexKeyOf(path: string): string {
  const parts = /^(?<name>.+)\.index(?:\.(?<variant>[a-z0-9_]+))?\.json$/u.exec(baseOf(path).toLowerCase())?.groups;
  const name = parts?.['name'] ?? '';
  const inName = /\.(?<precision>(?:fp|bf)\d+)(?=[.-]|$)/u.exec(name)?.groups?.['precision'];
  const precision = parts?.['variant'] ?? inName;
  const plain = name.replace(/\.(?:fp|bf)\d+(?=[.-]|$)/u, '');
  return JSON.stringify([folderOf(path), plain, precision === undefined ? null : canonicalPrecision(precision)]);
}

function stemsByFolder(units: readonly WeightsUnit[]): ReadonlyMap<string, ReadonlySet<string>> {
  const stems = new Map<string, Set<string>>();
  for (const { folder, name } of units) {
    const stem = name.replace(/\.[a-z0-9_]+$/iu, '');
    stems.set(folder, (stems.get(folder) ?? new Set<string>()).add(stem));
  }
  return stems;
}

/** `x.preview.png`, `x.json` and `x.civitai.info` are sidecars of `x.safetensors`. `model.json` is not one of a generic name alone. */
function isSidecar(base: string, stems: ReadonlySet<string> | undefined): boolean {
  if (stems === undefined) return false;
  for (let end = base.lastIndexOf('.'); end > 0; end = base.lastIndexOf('.', end - 1)) {
    if (stems.has(base.slice(0, end))) return true;
  }
  return false;
}
