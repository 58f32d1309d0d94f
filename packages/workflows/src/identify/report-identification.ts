import { factsOfCivitai, factLayers, type ModelFacts } from '@modelkeep/core';
import type { Identification } from '@modelkeep/formats';
import { effectiveFacts } from '@modelkeep/library';
import type { FileIdentification, FoundSidecar } from './file-identification.ts';

/** @internal Where a file comes from. */
export type Origin = Pick<FileIdentification, 'models' | 'civitai' | 'hub' | 'asked' | 'failures'>;

/** @internal What is known of a file or folder. */
export interface ReportOptions {
  readonly path: string | null;
  readonly url: string | null;
  readonly sizeBytes: number;
  readonly sha256: string | null;
  readonly identification: Identification;
  readonly sidecars: readonly (FoundSidecar & { readonly facts: ModelFacts; readonly layer: string })[];
  readonly origin: Origin;
}

/** @internal Brings together what is known of a file or folder. */
export function reportIdentification(options: ReportOptions): FileIdentification {
  const { path, url, sizeBytes, sha256, identification, sidecars, origin } = options;
  const at = new Date(0).toISOString();
  const told = sidecars.filter(({ verdict }) => verdict !== 'contradicts');
  const ofSidecars = factLayers.flatMap((layer) => {
    const facts = told.find((sidecar) => sidecar.layer === layer)?.facts;
    return facts === undefined ? [] : [[layer, { facts, at }] as const];
  });
  const { facts, origins } = effectiveFacts({
    ...Object.fromEntries(ofSidecars),
    embedded: { facts: identification.embedded, at },
    ...(origin.civitai === null ? {} : { 'civitai-api': { facts: factsOfCivitai(origin.civitai), at } }),
    scan: { facts: identification.scan, at },
  });
  return {
    path,
    url,
    sizeBytes,
    sha256,
    identification,
    facts,
    origins,
    loading: loadingOf(identification),
    sidecars: sidecars.map(({ path: place, kind, verdict }) => ({ path: place, kind, verdict })),
    ...origin,
  };
}

/** These hold nothing but numbers and texts; any other format may run code where it is loaded. */
function isDataOnly(format: string): boolean {
  return format === 'safetensors' || format === 'gguf';
}

function loadingOf({ format, details, safety }: Identification): FileIdentification['loading'] {
  if (details?.format !== 'folder') return isDataOnly(format) ? 'data-only' : (safety?.verdict ?? 'unscanned');
  const verdict = safety?.verdict ?? 'no-findings';
  if (verdict !== 'no-findings') return verdict;
  if (details.unread.some((path) => !/\.(?:safetensors|sft|gguf)$/iu.test(path))) return 'unscanned';
  const weights = details.parts.flatMap((part) => part.weights);
  if (details.code.length === 0 && weights.every((each) => isDataOnly(each.format))) return 'data-only';
  const isScanned =
    details.code.length === 0 && weights.every((each) => isDataOnly(each.format) || each.format === 'pickle');
  return isScanned && safety !== null ? verdict : 'unscanned';
}
