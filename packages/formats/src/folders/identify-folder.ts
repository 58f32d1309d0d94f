import { isModelkeepError, knownWord, modelTypes, type ModelFacts } from '@modelkeep/core';
import { rulesVersion } from '../classify/rules/rule-table.ts';
import type { FolderDetails, FolderPart, FolderWeights } from '../details/folder-details.ts';
import type { Identification } from '../identify/identification.ts';
import { mergeSafety } from '../pickle/merge-safety.ts';
import type { FolderPlan, PlannedPart } from './folder-plan.ts';

/** Tells what some weights of a folder are, by their paths below it. */
export type IdentifyWeights = (paths: readonly string[]) => Promise<Identification>;

/** How the weights of a folder are looked at. */
export interface IdentifyFolderOptions {
  readonly identify: IdentifyWeights;
  /** Of each part the first weights only; the safety is then that of what was looked at. @default false */
  readonly firstOnly?: boolean | undefined;
}

interface LookedAt {
  readonly weights: FolderWeights;
  readonly identification: Identification | null;
}

/** Paths that are told as missing. */
const MAX_MISSING = 1_000;
/** Parts that the evidence names. */
const MAX_PARTS_TOLD = 32;

/**
 * Tells what a folder is: a pipeline is what its diffusion part is. Weights that break the rules of their format are told in
 * the part that has them, and are no reason to fail.
 *
 * @throws what `identify` throws, but for `formats.*`
 */
export async function identifyFolder(
  plan: FolderPlan,
  { identify, firstOnly = false }: IdentifyFolderOptions,
): Promise<Identification & { readonly details: FolderDetails }> {
  const parts: FolderPart[] = [];
  const all: { readonly part: string; readonly looked: LookedAt }[] = [];
  for (const part of plan.parts) {
    const looked: LookedAt[] = [];
    for (const weights of firstOnly ? part.weights.slice(0, 1) : part.weights) {
      looked.push(await lookAt(weights, identify));
    }
    parts.push(describe(part, looked));
    all.push(...looked.map((each) => ({ part: part.name, looked: each })));
  }
  const missing = parts.flatMap((part) => part.missing);
  const unread = firstOnly ? plan.parts.flatMap(({ weights }) => weights.slice(1).flatMap(({ paths }) => paths)) : [];
  const details: FolderDetails = {
    format: 'folder',
    kind: plan.kind,
    library: plan.library,
    className: plan.className,
    version: plan.version,
    parts,
    sizeBytes: parts.reduce((sum, part) => sum + part.sizeBytes, 0),
    isComplete: parts.every(({ isComplete }) => isComplete),
    missing: missing.slice(0, MAX_MISSING),
    code: plan.code,
    unread,
  };
  const found = all.flatMap(({ looked: { identification } }) => identification ?? []);
  const main = plan.kind === 'model' ? found[0] : found.find(({ scan }) => scan.type === 'diffusion-model');
  const evidence = all.flatMap(({ looked: { weights } }) => weightsText(weights));
  const unknownScan: ModelFacts = { type: 'unknown', family: null };
  const scan =
    plan.kind === 'pipeline' && main !== undefined ? { ...main.scan, type: 'checkpoint' as const } : main?.scan;
  return {
    format: plan.kind === 'pipeline' ? 'diffusers' : (main?.format ?? 'unknown'),
    scan: scan ?? unknownScan,
    embedded: plan.kind === 'model' ? (main?.embedded ?? {}) : {},
    rulesVersion,
    layout: main?.layout ?? null,
    adapterKind: main?.adapterKind ?? null,
    confidence: main?.confidence ?? 0,
    evidence: [
      ...(plan.kind === 'pipeline' ? ['model_index.json names its parts'] : []),
      ...evidence.slice(0, MAX_PARTS_TOLD),
      ...unread.slice(0, MAX_PARTS_TOLD).map((path) => `${path}: not looked at`),
      ...(main?.evidence ?? ['no part is a known diffusion model']),
    ],
    tensorCount: main?.tensorCount ?? null,
    parameterCount: main?.parameterCount ?? null,
    details,
    safety: mergeSafety(found.flatMap(({ safety }) => safety ?? [])),
  };
}

async function lookAt(planned: PlannedPart['weights'][number], identify: IdentifyWeights): Promise<LookedAt> {
  const { paths, sizeBytes, missing } = planned;
  let identification: Identification | null = null;
  let problem: string | null = null;
  try {
    if (paths.length > 0) identification = await identify(paths);
    if (identification !== null) problem = misnamed(paths, identification);
  } catch (error) {
    if (!isModelkeepError(error, 'formats.invalid') && !isModelkeepError(error, 'formats.too-large')) throw error;
    problem = error.message;
  }
  const { format = 'unknown', scan = {}, parameterCount = null } = identification ?? {};
  const { family = null, precision = null, quantisation = null } = scan;
  const type = knownWord(scan.type ?? 'unknown', { known: modelTypes, fallback: 'unknown' });
  return {
    weights: { paths, sizeBytes, format, type, family, precision, quantisation, parameterCount, missing, problem },
    identification,
  };
}

/** A file that was cut short within its header begins like none of its format. */
function misnamed([path = '']: readonly string[], { format }: Identification): string | null {
  const isOfFormat = !/\.(?:safetensors|sft|gguf)$/iu.test(path) || format === 'safetensors' || format === 'gguf';
  return isOfFormat ? null : `${path} is neither safetensors nor GGUF: it is damaged, or something else`;
}

function describe(part: PlannedPart, looked: readonly LookedAt[]): FolderPart {
  const weights = looked.map((each) => each.weights);
  const isWhole = (each: FolderWeights): boolean => each.missing.length === 0 && each.problem === null;
  const [first] = weights;
  const lacks = weights.some(isWhole) ? [] : (first?.missing ?? []);
  const missing = [...part.missing, ...lacks].slice(0, MAX_MISSING);
  return {
    name: part.name,
    library: part.library,
    className: part.className,
    files: part.files,
    sizeBytes: part.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    weights,
    precision: first?.precision ?? null,
    isComplete: missing.length === 0 && (weights.length === 0 || weights.some(isWhole)),
    missing,
  };
}

function weightsText({ paths, type, precision, parameterCount, problem }: FolderWeights): readonly string[] {
  const [first] = paths;
  if (first === undefined) return [];
  if (problem !== null) return [problem];
  const size = parameterCount === null ? null : `${parameterCount.toLocaleString('en')} parameters`;
  const path = first.replace(/-\d{5}-of-\d{5}(?=\.[^/]+$)/u, '');
  return [`${path}: ${[type, precision, size].filter((word) => word !== null).join(', ')}`];
}
