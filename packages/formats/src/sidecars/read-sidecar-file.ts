import type { ByteSource } from '@modelkeep/core';
import { recogniseSidecar } from './recognise-sidecar.ts';
import type { Sidecar } from './sidecar.ts';

/** Larger files describe no model: SwarmUI's have a picture within. */
export const MAX_SIDECAR_BYTES: number = 8 * 1024 * 1024;

/**
 * Reads what a small file beside a model says of it.
 *
 * @returns null for what is no such file, is damaged, or has more than 8 MiB
 * @throws what the source throws
 */
export async function readSidecar(source: ByteSource, signal?: AbortSignal): Promise<Sidecar | null> {
  if (source.sizeBytes > MAX_SIDECAR_BYTES || source.sizeBytes < 2) return null;
  const bytes = await source.read(0, source.sizeBytes, signal);
  try {
    return recogniseSidecar(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    // Bytes that are no text.
    if (error instanceof TypeError) return null;
    throw error;
  }
}
