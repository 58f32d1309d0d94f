import type { ByteSource } from '@modelkeep/core';
import { classifyGguf, ggufWeights } from '../classify/gguf-scan.ts';
import { rulesVersion } from '../classify/rules/rule-table.ts';
import { scanFacts } from '../classify/safetensors-scan.ts';
import { ggufClaims } from '../embedded/gguf-claims.ts';
import { ggufDetails } from '../details/gguf-details.ts';
import { invalidFile } from '../errors.ts';
import { readGgufHeader, type GgufHeader } from '../gguf/read-header.ts';
import type { GgufTensor } from '../gguf/read-tensors.ts';
import type { GgufValue } from '../gguf/value-types.ts';
import type { Identification } from './identification.ts';
import type { NamedSource } from './named-source.ts';

/** @internal Identifies a model of one or more GGUF files. Only the first of a split has all the metadata. */
export async function identifyGguf(
  shards: readonly NamedSource<ByteSource>[],
  signal: AbortSignal | undefined,
): Promise<Identification> {
  const tensors = new Map<string, GgufTensor>();
  const metadata = new Map<string, GgufValue>();
  let first: Pick<GgufHeader, 'version' | 'littleEndian'> | undefined;
  for (const { source, path } of shards) {
    const header = await readGgufHeader(source, { path, signal });
    first ??= header;
    for (const [name, tensor] of header.tensors) {
      if (tensors.has(name)) {
        throw invalidFile({
          format: 'gguf',
          path,
          reason: `${JSON.stringify(name.slice(0, 120))} is in another shard too`,
        });
      }
      tensors.set(name, tensor);
    }
    for (const [key, value] of header.metadata) if (!metadata.has(key)) metadata.set(key, value);
  }
  const merged = { metadata, tensors };
  const found = classifyGguf(merged);
  const { weights, evidence } = ggufWeights(merged);
  return {
    format: 'gguf',
    scan: scanFacts(found, weights),
    embedded: ggufClaims(metadata),
    rulesVersion,
    layout: found.layout,
    adapterKind: found.adapterKind,
    confidence: found.confidence,
    evidence: [...found.evidence, ...evidence, ...splitEvidence(metadata, shards.length)],
    tensorCount: tensors.size,
    parameterCount: weights.parameterCount ?? null,
    details: ggufDetails(merged, first ?? { version: 3, littleEndian: true }),
    safety: null,
  };
}

function splitEvidence(metadata: ReadonlyMap<string, GgufValue>, found: number): readonly string[] {
  const count = metadata.get('split.count');
  return typeof count === 'number' && count > 1 && count !== found ? [`${found} of ${count} parts are here`] : [];
}
