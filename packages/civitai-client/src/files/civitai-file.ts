import type { CivitaiFileClaims, ClaimedHashes } from '@modelkeep/core';
import { z } from 'zod';
import { described, idField } from '../answers/fields.ts';

/** One file of a version. */
export interface CivitaiFile extends CivitaiFileClaims {
  readonly id: number;
  readonly name: string;
  /** `SafeTensor`, `PickleTensor`, `GGUF`, … */
  readonly format: string | null;
  /** `full` or `pruned`. */
  readonly size: string | null;
  /** `fp16`, `bf16`, … */
  readonly precision: string | null;
  /** What the site's scans found: `Success`, `Danger`, `Pending`, … */
  readonly pickleScan: string | null;
  readonly virusScan: string | null;
}

const kinds: Readonly<Record<string, keyof ClaimedHashes>> = {
  sha256: 'sha256',
  autov1: 'autoV1',
  autov2: 'autoV2',
  autov3: 'autoV3',
  blake3: 'blake3',
  crc32: 'crc32',
};

const hashesField: z.ZodType<ClaimedHashes> = z
  .record(z.string(), z.unknown())
  .catch({})
  .default({})
  .transform((told) => {
    const hashes: Record<keyof ClaimedHashes, string | null> = {
      sha256: null,
      autoV1: null,
      autoV2: null,
      autoV3: null,
      blake3: null,
      crc32: null,
    };
    for (const [key, value] of Object.entries(told)) {
      const name = Object.hasOwn(kinds, key.toLowerCase()) ? kinds[key.toLowerCase()] : undefined;
      const hex = typeof value === 'string' ? value.toLowerCase() : '';
      if (name !== undefined && /^[0-9a-f]{8,64}$/u.test(hex)) hashes[name] = hex;
    }
    return hashes;
  });

/** Checks a file of a version. */
export const fileSchema: z.ZodType<CivitaiFile> = z
  .object({
    id: idField,
    name: z.string().min(1).max(1_024),
    type: described.text,
    sizeKB: described.amount,
    primary: described.flag,
    metadata: z
      .object({ format: described.text, size: described.text, fp: described.text })
      .catch({ format: null, size: null, fp: null })
      .default({ format: null, size: null, fp: null }),
    pickleScanResult: described.text,
    virusScanResult: described.text,
    hashes: hashesField,
    downloadUrl: described.url,
  })
  .transform(({ sizeKB, metadata, pickleScanResult, virusScanResult, ...file }) => ({
    ...file,
    sizeKb: sizeKB,
    format: metadata.format,
    size: metadata.size,
    precision: metadata.fp,
    pickleScan: pickleScanResult,
    virusScan: virusScanResult,
  }));
