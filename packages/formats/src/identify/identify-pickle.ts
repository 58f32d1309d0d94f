import { basename } from 'node:path';
import type { ByteSource, LoadSafety, ModelFacts } from '@modelkeep/core';
import { classifyTensors } from '../classify/classify-tensors.ts';
import { rulesVersion } from '../classify/rules/rule-table.ts';
import { safetensorsWeights, scanFacts } from '../classify/safetensors-scan.ts';
import type { TensorFact } from '../classify/view/tensor-view.ts';
import { cleanText } from '../embedded/clean-text.ts';
import { mergeSafety } from '../pickle/merge-safety.ts';
import { scanPickle, type PickleScan } from '../pickle/scan-pickle.ts';
import type { Identification } from './identification.ts';
import type { NamedSource } from './named-source.ts';

/** How pickles are read. */
export interface IdentifyPickleOptions {
  /** Whether every byte can be looked at: see `scanPickle`. */
  readonly isWhole: boolean;
  readonly signal: AbortSignal | undefined;
}

/**
 * @internal Identifies a model of one or more files that may be pickles, by the tensors that they name, and tells what
 * loading them may do. Null where none of them is a pickle.
 */
export async function identifyPickle(
  shards: readonly NamedSource<ByteSource>[],
  { isWhole, signal }: IdentifyPickleOptions,
): Promise<{ readonly safety: LoadSafety; readonly identification: Identification | null }> {
  const scans: PickleScan[] = [];
  for (const [index, { source, path }] of shards.entries()) {
    const file = shards.length === 1 ? undefined : basename(path ?? String(index + 1));
    scans.push(await scanPickle(source, { file, isWhole, signal }));
  }
  const safety = mergeSafety(scans.map((scan) => scan.safety));
  if (safety === null) throw new TypeError('no source');
  if (!scans.some(({ isPickle }) => isPickle)) return { safety, identification: null };
  return { safety, identification: identificationOf(scans, safety) };
}

function identificationOf(scans: readonly PickleScan[], safety: LoadSafety): Identification {
  const tensors = new Map<string, TensorFact>();
  for (const scan of scans)
    for (const [name, tensor] of scan.tensors) if (!tensors.has(name)) tensors.set(name, tensor);
  const found = classifyTensors(tensorTables(tensors));
  const weights = safetensorsWeights(tensors);
  const values = scans.flatMap((scan) => [...scan.values]);
  const below = scans.find((scan) => scan.tensors.size > 0)?.below ?? '';
  return {
    format: 'pickle',
    scan: tensors.size === 0 ? { type: 'unknown', family: null } : scanFacts(found, weights),
    embedded: pickleClaims(new Map(values)),
    rulesVersion,
    layout: found.layout,
    adapterKind: found.adapterKind,
    confidence: found.confidence,
    evidence: [
      ...(below === '' ? [] : [`the tensors are in ${below}`]),
      ...found.evidence,
      ...trainingEvidence(new Map(values)),
    ],
    tensorCount: tensors.size,
    parameterCount: weights.parameterCount ?? null,
    details: {
      format: 'pickle',
      container: scans[0]?.container ?? 'other',
      below,
      values: plainValues(new Map(values)),
    },
    safety,
  };
}

/** Textual inversions of diffusers keep a single vector as such; all others keep a table of them. */
function tensorTables(tensors: ReadonlyMap<string, TensorFact>): ReadonlyMap<string, TensorFact> {
  if (tensors.size > 2) return tensors;
  return new Map(
    Array.from(tensors, ([name, tensor]) => [
      name,
      (tensors.size === 1 ? /^[^.]+$/ : /^<[^<>]+>$/).test(name) && tensor.shape.length === 1
        ? { ...tensor, shape: [1, ...tensor.shape] }
        : tensor,
    ]),
  );
}

type PlainValues = ReadonlyMap<string, string | number | boolean>;

/** What stands beside the tensors: the name of an embedding. */
function pickleClaims(values: PlainValues): ModelFacts {
  const name = values.get('name');
  return typeof name === 'string' ? { name: cleanText(name, 256) } : {};
}

/** Texts of a stranger: bounded, and free of control and direction characters. */
function plainValues(values: PlainValues): Record<string, string | number | boolean> {
  const said = (text: string): string => cleanText(text, 256) ?? '';
  return Object.fromEntries(
    Array.from(values, ([key, value]) => [said(key), typeof value === 'string' ? said(value) : value] as const),
  );
}

function trainingEvidence(values: PlainValues): readonly string[] {
  return ['global_step', 'step', 'epoch', 'pytorch-lightning_version', 'sd_checkpoint', 'sd_checkpoint_name'].flatMap(
    (key) => {
      const value = values.get(key);
      return value === undefined ? [] : [`${key} is ${cleanText(String(value), 64) ?? ''}`];
    },
  );
}
