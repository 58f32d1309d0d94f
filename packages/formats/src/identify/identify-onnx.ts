import type { ByteSource } from '@modelkeep/core';
import { classifyTensors } from '../classify/classify-tensors.ts';
import { rulesVersion } from '../classify/rules/rule-table.ts';
import { safetensorsWeights, scanFacts } from '../classify/safetensors-scan.ts';
import { cleanText } from '../embedded/clean-text.ts';
import { onnxDetails } from '../details/onnx-details.ts';
import { invalidFile } from '../errors.ts';
import { onnxPurpose } from '../onnx/onnx-purpose.ts';
import { readOnnxModel } from '../onnx/read-model.ts';
import type { Identification } from './identification.ts';
import type { NamedSource } from './named-source.ts';

/** A file beside the model, and nowhere else. */
const BESIDE = /^(?!\.{1,2}$)[^/\\:\0]+$/;

/** @internal Identifies an ONNX model: by its weights where they kept their names, else by what it takes and gives. */
export async function identifyOnnx(
  shards: readonly NamedSource<ByteSource>[],
  signal: AbortSignal | undefined,
): Promise<Identification> {
  const [first] = shards;
  if (first === undefined) throw new TypeError('no source');
  if (shards.length > 1) throw invalidFile({ format: 'onnx', path: first.path, reason: 'a graph is one file' });
  const model = await readOnnxModel(first.source, { path: first.path, signal });
  const weights = safetensorsWeights(model.initialisers);
  const byTensors = classifyTensors(model.initialisers, { eitherOrder: true });
  const purpose = byTensors.facts.type === 'unknown' ? onnxPurpose(model) : null;
  const found =
    purpose === null
      ? byTensors
      : { ...byTensors, facts: { type: purpose.type, family: null }, confidence: 0.6, evidence: [purpose.evidence] };
  const files = [...new Set([...model.initialisers.values()].flatMap(({ externalFile }) => externalFile ?? []))];
  const outside = files.filter((file) => !BESIDE.test(file));
  const opsets = [...model.opsets].map(([domain, version]) => `${domain === '' ? 'ai.onnx' : domain} ${version}`);
  const operators = [...model.operators].toSorted((a, b) => b[1] - a[1]).slice(0, 8);
  const said = (text: string): string => cleanText(text, 128) ?? '';
  return {
    format: 'onnx',
    scan: scanFacts(found, weights),
    embedded: {},
    rulesVersion,
    confidence: found.confidence,
    evidence: [
      ...found.evidence,
      `IR ${model.irVersion}, operators of ${said(opsets.join(', '))}, made by ${said(`${model.producer} ${model.producerVersion}`)}`,
      `${model.nodeCount} nodes: ${said(operators.map(([name, count]) => `${count} ${name}`).join(', '))}`,
      ...(files.length === 0 ? [] : [`weights are in ${said(files.slice(0, 4).join(', '))}`]),
      ...(outside.length === 0 ? [] : [`names a file outside of its folder: ${said(outside[0] ?? '')}`]),
    ],
    tensorCount: model.initialisers.size,
    parameterCount: weights.parameterCount ?? null,
    details: onnxDetails(model, files),
    safety: null,
  };
}
