import type { ByteSource } from '@modelkeep/core';
import { classifyTensors } from '../classify/classify-tensors.ts';
import { rulesVersion } from '../classify/rules/rule-table.ts';
import { safetensorsWeights, scanFacts } from '../classify/safetensors-scan.ts';
import { trainingDetails } from '../embedded/training-details.ts';
import { safetensorsClaims } from '../embedded/safetensors-claims.ts';
import { elementsByType, modelComponents } from '../details/model-components.ts';
import { invalidFile } from '../errors.ts';
import type { SafetensorsTensor } from '../safetensors/parse-header.ts';
import { readSafetensorsHeader } from '../safetensors/read-header.ts';
import type { Identification } from './identification.ts';
import type { NamedSource } from './named-source.ts';

/** @internal Identifies a model of one or more safetensors files. */
export async function identifySafetensors(
  shards: readonly NamedSource<ByteSource>[],
  signal: AbortSignal | undefined,
): Promise<Identification> {
  const tensors = new Map<string, SafetensorsTensor>();
  const metadata = new Map<string, string>();
  for (const { source, path } of shards) {
    const header = await readSafetensorsHeader(source, { path, signal });
    for (const [name, tensor] of header.tensors) {
      if (tensors.has(name)) {
        throw invalidFile({
          format: 'safetensors',
          path,
          reason: `${JSON.stringify(name.slice(0, 120))} is in another shard too`,
        });
      }
      tensors.set(name, tensor);
    }
    for (const [key, value] of header.metadata) if (!metadata.has(key)) metadata.set(key, value);
  }
  const found = classifyTensors(tensors);
  const weights = safetensorsWeights(tensors);
  const training = trainingDetails(metadata);
  return {
    format: 'safetensors',
    scan: scanFacts(found, weights),
    embedded: safetensorsClaims(metadata),
    ...(training === null ? {} : { training }),
    rulesVersion,
    layout: found.layout,
    adapterKind: found.adapterKind,
    confidence: found.confidence,
    evidence: found.evidence,
    tensorCount: tensors.size,
    parameterCount: weights.parameterCount ?? null,
    details: {
      format: 'safetensors',
      dtypes: elementsByType(Array.from(tensors.values(), ({ dtype, shape }) => [dtype, shape] as const)),
      components: modelComponents(tensors),
    },
    safety: null,
  };
}
