import { isModelkeepError, type ModelFacts, type ModelFile } from '@modelkeep/core';
import { mergeSafety, type Identification } from '@modelkeep/formats';
import { contentPath } from '../blobs/blob-store.ts';
import { withBlobs } from '../blobs/recall-blob.ts';
import type { ModelGroup } from '../grouping/group-files.ts';
import { loadableParts } from './loadable-parts.ts';
import type { StoreContext } from '../store-context.ts';

/** Parts of a pipeline that the evidence names. */
const MAX_PARTS_TOLD = 32;

/** @internal What {@link identifyGroup} reads. */
export interface IdentifyGroupOptions {
  readonly group: ModelGroup;
  readonly files: readonly Pick<ModelFile, 'officialName' | 'role' | 'sha256'>[];
  /** Where the bytes of a file are. @default its blob */
  readonly pathOf?: ((file: Pick<ModelFile, 'officialName' | 'sha256'>) => string) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * @internal What a model is, from the bytes of its weights. A pipeline is what its diffusion part is. Bytes that break
 * the rules of their format are stored all the same (they are what the source has), as `unknown`, with the reason.
 */
export async function identifyGroup(
  context: StoreContext,
  { group, files, pathOf, signal }: IdentifyGroupOptions,
): Promise<Identification> {
  const weights = files.filter(({ role }) => role === 'weights');
  if (group.kind !== 'diffusers') return identify(context, { files: weights, pathOf, signal });

  const parts: Identification[] = [];
  const evidence: string[] = [];
  for (const [path, part] of loadableParts(weights)) {
    const found = await identify(context, { files: part, pathOf, signal });
    parts.push(found);
    const { type, precision, parameterCount } = found.scan;
    const size = typeof parameterCount === 'number' ? `${parameterCount.toLocaleString('en')} parameters` : null;
    evidence.push(
      `${path}: ${[type ?? 'unknown', precision, size].filter((word) => typeof word === 'string').join(', ')}`,
    );
  }
  const main = parts.find(({ scan }) => scan.type === 'diffusion-model');
  const scan: ModelFacts = main === undefined ? { type: 'unknown' } : { ...main.scan, type: 'checkpoint' };
  const first = main ?? parts[0];
  return {
    format: 'diffusers',
    embedded: {},
    scan,
    rulesVersion: Math.max(0, ...parts.map(({ rulesVersion }) => rulesVersion)),
    confidence: main?.confidence ?? 0,
    evidence: [
      'model_index.json names its parts',
      ...evidence.slice(0, MAX_PARTS_TOLD),
      ...(main?.evidence ?? ['no part is a known diffusion model']),
    ],
    tensorCount: first?.tensorCount ?? null,
    parameterCount: main?.parameterCount ?? null,
    details: null,
    safety: mergeSafety(parts.flatMap(({ safety }) => safety ?? [])),
  };
}

async function identify(
  context: StoreContext,
  { files, pathOf, signal }: Pick<IdentifyGroupOptions, 'files' | 'pathOf' | 'signal'>,
): Promise<Identification> {
  try {
    const identifyFiles = async (): Promise<Identification> => {
      const paths: string[] = [];
      for (const file of files) paths.push(pathOf?.(file) ?? (await contentPath(context, file.sha256)));
      return context.identifier.identifyFiles(paths, { signal });
    };
    if (pathOf !== undefined) return await identifyFiles();
    const sha256s = files.map(({ sha256 }) => sha256);
    return await withBlobs(context, sha256s, identifyFiles);
  } catch (error) {
    if (!isModelkeepError(error, 'formats.invalid') && !isModelkeepError(error, 'formats.too-large')) throw error;
    const names = files.map((file) => file.officialName);
    context.logger.warn('a model file breaks the rules of its format', { names, reason: error.message });
    return {
      format: 'unknown',
      embedded: {},
      scan: { type: 'unknown' },
      rulesVersion: 0,
      confidence: 0,
      evidence: [error.message],
      tensorCount: null,
      parameterCount: null,
      details: null,
      safety: null,
    };
  }
}
