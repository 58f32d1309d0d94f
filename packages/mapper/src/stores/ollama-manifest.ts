import type { ModelRecord } from '@modelkeep/core';

/** @internal One layer of a manifest. */
export interface OllamaLayer {
  /** `model`, `projector`, `template`, `license`, … */
  readonly kind: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** @internal The config that a manifest names: what Ollama shows of a model (its `server/images.go`, `ConfigV2`). */
export function configText(record: ModelRecord, layers: readonly OllamaLayer[]): string {
  const family = record.family ?? 'unknown';
  const families = layers.some(({ kind }) => kind === 'projector') ? [family, 'clip'] : [family];
  return JSON.stringify({
    model_format: 'gguf',
    model_family: family,
    model_families: families,
    model_type: parameters(record.parameterCount),
    file_type: record.quantisation ?? record.precision?.toUpperCase() ?? 'unknown',
    architecture: 'amd64',
    os: 'linux',
    rootfs: { type: 'layers', diff_ids: layers.map(({ sha256 }) => `sha256:${sha256}`) },
  });
}

/** @internal What Ollama reads first (its `server/manifest.go`). */
export function manifestText(config: Omit<OllamaLayer, 'kind'>, layers: readonly OllamaLayer[]): string {
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
    config: {
      mediaType: 'application/vnd.docker.container.image.v1+json',
      digest: `sha256:${config.sha256}`,
      size: config.sizeBytes,
    },
    layers: layers.map(({ kind, sha256, sizeBytes }) => ({
      mediaType: `application/vnd.ollama.image.${kind}`,
      digest: `sha256:${sha256}`,
      size: sizeBytes,
    })),
  });
}

/** As Ollama writes it: `8.0B`, `137.0M`. */
function parameters(count: number | null): string {
  if (count === null) return 'unknown';
  if (count >= 1e9) return `${(count / 1e9).toFixed(1)}B`;
  if (count >= 1e6) return `${(count / 1e6).toFixed(1)}M`;
  return count >= 1e3 ? `${(count / 1e3).toFixed(1)}K` : String(count);
}
