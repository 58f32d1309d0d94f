import { matchCivitaiFile, withCivitaiFile, type KnownHashes } from '@modelkeep/core';
import type { Sidecar } from './sidecar.ts';

/** A sidecar, and whether it speaks of the file that it stands beside. */
export interface ResolvedSidecar {
  readonly sidecar: Sidecar;
  /** `contradicts`: it tells hashes, and they are those of other files. */
  readonly verdict: 'agrees' | 'contradicts' | 'unknown';
}

/** Compares a sidecar with the hashes of a file: of several versions the one with that file is meant. */
export function resolveSidecar(sidecar: Sidecar, known: KnownHashes): ResolvedSidecar {
  const choices = (sidecar.alternatives ?? [sidecar]).map((one) => ({ one, ...matchCivitaiFile(one.files, known) }));
  const same = choices.find(({ verdict }) => verdict === 'agrees');
  const [only] = choices;
  const chosen = same ?? (sidecar.alternatives === undefined ? only : undefined);
  if (chosen === undefined) {
    const isOther = choices.every(({ verdict }) => verdict === 'contradicts');
    return { sidecar, verdict: isOther ? 'contradicts' : 'unknown' };
  }
  const { one, file, verdict } = chosen;
  return { sidecar: { ...one, civitai: one.civitai === null ? null : withCivitaiFile(one.civitai, file) }, verdict };
}
