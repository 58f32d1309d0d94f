import type { WeightsFormat } from '@modelkeep/core';
import type { FileDescription } from '../describe/file-description.ts';
import { pipelineFolders, pipelinePart } from '../describe/describe-files.ts';
import { baseOf, folderOf } from '../describe/name-parts.ts';
import { slotOf } from './slot-name.ts';

/** Weights that are taken or left as a whole: a file, a set of shards, or a file with its data file beside it. */
export interface WeightsUnit {
  readonly files: readonly FileDescription[];
  readonly format: WeightsFormat;
  readonly quantisation: string | null;
  readonly precision: string | null;
  readonly variant: string | null;
  readonly component: string | null;
  readonly folder: string;
  /** Base name without the shards' numbers. */
  readonly name: string;
  /** What units have in common that hold the same weights in other formats, quantisations and precisions. */
  readonly slot: string;
  /** The folder of the diffusers pipeline that it is a part of. */
  readonly pipeline: string | null;
  /** Whether it is kept as its makers had it, beside what everybody uses: `original/`, `consolidated.00.pth`. */
  readonly isOriginal: boolean;
  /** Whether it is what a training run put aside: `checkpoint-500/`. */
  readonly isCheckpoint: boolean;
  /** Whether a shard is missing. */
  readonly isIncomplete: boolean;
}

/** Sorts the weights among described files into units, in the order of their first files. */
export function weightsUnits(files: readonly FileDescription[]): WeightsUnit[] {
  const pipelines = pipelineFolders(files);
  const sets = new Map<string, FileDescription[]>();
  for (const file of files) {
    if (file.format === null) continue;
    const key = JSON.stringify([folderOf(file.path), unitName(file), file.shard?.count ?? null]);
    const set = sets.get(key);
    if (set === undefined) sets.set(key, [file]);
    else set.push(file);
  }
  return [...sets.values()].flatMap((set) => toUnit(set, pipelines) ?? []);
}

function toUnit(files: readonly FileDescription[], pipelines: ReadonlySet<string>): WeightsUnit | null {
  const [first] = files;
  if (first === undefined || first.format === null) return null;
  const { format, quantisation, precision, variant, component, path } = first;
  const folder = folderOf(path);
  const name = unitName(first);
  const part = pipelinePart(path, pipelines);
  return {
    files,
    format,
    quantisation,
    precision,
    variant,
    component,
    folder,
    name,
    slot: slotOf(folder, name),
    pipeline: part?.pipeline ?? null,
    isOriginal: /(?:^|\/)(?:original|metal)(?:\/|$)/iu.test(folder) || /^consolidated\b/iu.test(name),
    isCheckpoint: /(?:^|\/)(?:checkpoint-\d+|global_step\d+)(?:\/|$)/iu.test(folder),
    isIncomplete: isIncomplete(files),
  };
}

/** The data files of ONNX and OpenVINO go with the file that names the graph. */
function unitName({ path, shard, format }: FileDescription): string {
  if (shard !== null) return shard.stem;
  const base = baseOf(path);
  if (format === 'onnx') return base.replace(/\.onnx(?:_data(?:_\d+)?|\.data)$/iu, '.onnx');
  if (format === 'openvino') return base.replace(/\.xml$/iu, '.bin');
  return base;
}

function isIncomplete(files: readonly FileDescription[]): boolean {
  const count = files[0]?.shard?.count ?? null;
  return count !== null && new Set(files.map(({ shard }) => shard?.index)).size < count;
}
