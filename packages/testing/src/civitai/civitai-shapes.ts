import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { CivitaiFileDefinition, CivitaiModelDefinition, CivitaiVersionDefinition } from './civitai-definition.ts';

/** The addresses of the site and of its storage. */
export interface CivitaiAddresses {
  readonly siteUrl: string;
  readonly storageUrl: string;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').toUpperCase();
}

/** The hashes of a file as the site writes them. */
export function hashesOfFile({ content, hashes = {} }: CivitaiFileDefinition): Record<string, string> {
  const whole = sha256(content);
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const headerBytes = content.length > 8 ? Number(view.getBigUint64(0, true)) : 0;
  const isSafetensors = headerBytes > 0 && headerBytes + 8 <= content.length && content[8] === 0x7b;
  const told: Record<string, string | null> = {
    SHA256: whole,
    AutoV2: whole.slice(0, 10),
    AutoV1: sha256(content.subarray(0x10_00_00, 0x11_00_00)).slice(0, 8),
    CRC32: crc32(content).toString(16).padStart(8, '0').toUpperCase(),
    ...(isSafetensors ? { AutoV3: sha256(content.subarray(8 + headerBytes)).slice(0, 12) } : {}),
    ...hashes,
  };
  return Object.fromEntries(Object.entries(told).flatMap(([name, hash]) => (hash === null ? [] : [[name, hash]])));
}

/** A version as `/model-versions/:id` answers it. */
export function versionAnswer(
  model: CivitaiModelDefinition,
  version: CivitaiVersionDefinition,
  { siteUrl, storageUrl }: CivitaiAddresses,
): Record<string, unknown> {
  const isArchived = model.mode === 'Archived';
  const downloadUrl = `${siteUrl}/api/download/models/${version.id}`;
  const files = version.files.map((file, position) => ({
    id: file.id,
    name: file.name,
    type: file.type ?? 'Model',
    sizeKB: file.content.length / 1024,
    metadata: file.metadata ?? { format: 'SafeTensor', size: 'full', fp: 'fp16' },
    pickleScanResult: 'Success',
    virusScanResult: 'Success',
    hashes: hashesOfFile(file),
    primary: file.primary ?? position === 0,
    downloadUrl: position === 0 ? downloadUrl : `${downloadUrl}?fileId=${file.id}`,
  }));
  const images = (version.images ?? []).map((image) => ({
    url: `${storageUrl}/images/${version.id}/${encodeURIComponent(image.name)}`,
    nsfwLevel: image.nsfwLevel ?? 1,
    width: 64,
    height: 64,
    hash: 'U5DvWl~q00009F-;%MRj00M{D%ofIURjt7of',
    type: image.type ?? 'image',
    meta: { prompt: 'lines' },
  }));
  return {
    id: version.id,
    modelId: model.id,
    name: version.name ?? `v${version.id}`,
    description: version.description ?? null,
    baseModel: version.baseModel ?? 'SDXL 1.0',
    baseModelType: 'Standard',
    air: `urn:air:sdxl:lora:civitai:${model.id}@${version.id}`,
    status: 'Published',
    availability: version.earlyAccessEndsAt === undefined ? 'Public' : 'EarlyAccess',
    ...(version.earlyAccessEndsAt === undefined ? {} : { earlyAccessEndsAt: version.earlyAccessEndsAt }),
    publishedAt: version.publishedAt ?? '2025-03-01T10:00:00.000Z',
    createdAt: '2025-02-28T10:00:00.000Z',
    updatedAt: '2025-03-02T10:00:00.000Z',
    trainedWords: version.trainedWords ?? [],
    nsfwLevel: 1,
    usageControl: 'Download',
    stats: { downloadCount: 12, thumbsUpCount: 3 },
    model: {
      name: model.name,
      type: model.type ?? 'LORA',
      nsfw: model.nsfw ?? false,
      poi: false,
      ...(model.mode === undefined ? {} : { mode: model.mode }),
    },
    ...(isArchived ? { files: [] } : { files, downloadUrl }),
    images: model.mode === 'TakenDown' ? [] : images,
  };
}

/** A model as `/models/:id` answers it. */
export function modelAnswer(model: CivitaiModelDefinition, addresses: CivitaiAddresses): Record<string, unknown> {
  return {
    id: model.id,
    name: model.name,
    description: model.description ?? null,
    type: model.type ?? 'LORA',
    poi: false,
    nsfw: model.nsfw ?? false,
    nsfwLevel: 1,
    ...(model.mode === undefined ? {} : { mode: model.mode }),
    tags: model.tags ?? [],
    creator: { username: model.creator ?? 'ann', image: null },
    stats: { downloadCount: 12 },
    modelVersions: model.versions.map((version) => {
      const { model: _model, modelId: _modelId, ...answer } = versionAnswer(model, version, addresses);
      return answer;
    }),
  };
}
