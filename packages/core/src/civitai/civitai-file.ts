import type { CivitaiDetails } from '../records/civitai-details.ts';

/** The hashes that somebody says of a file, as lower-case hex; null where they do not say. */
export interface ClaimedHashes {
  readonly sha256: string | null;
  readonly autoV1: string | null;
  readonly autoV2: string | null;
  readonly autoV3: string | null;
  readonly blake3: string | null;
  readonly crc32: string | null;
}

/** What Civitai, or a tool after it, tells of one file of a version. */
export interface CivitaiFileClaims {
  readonly id: number | null;
  readonly name: string | null;
  /** `Model`, `Pruned Model`, `VAE`, `Training Data`, … */
  readonly type: string | null;
  readonly primary: boolean;
  /** In units of 1,024 bytes, with a fraction. */
  readonly sizeKb: number | null;
  readonly downloadUrl: string | null;
  readonly hashes: ClaimedHashes;
}

/** The hashes that are known of a file here. */
export type KnownHashes = Partial<Readonly<Record<keyof ClaimedHashes, string | null | undefined>>>;

const kinds = ['sha256', 'blake3', 'autoV3', 'autoV2', 'autoV1', 'crc32'] as const;
/** The hash of nothing, and how it begins: some tools wrote it for every file. */
const NOTHING = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/**
 * Compares what is said of a file with what it is. Only long hashes, AutoV2 (the start of the SHA-256) and AutoV3 (that of
 * the tensors) can agree: the others meet by chance.
 *
 * @returns `unknown` where nothing can be compared
 */
export function judgeClaims(claimed: ClaimedHashes, known: KnownHashes): 'agrees' | 'contradicts' | 'unknown' {
  let differs = false;
  for (const kind of kinds) {
    const said = claimed[kind]?.toLowerCase();
    const ours = (known[kind] ?? (kind === 'autoV2' ? known.sha256?.slice(0, 10) : undefined))?.toLowerCase();
    if (said === undefined || ours === undefined || NOTHING.startsWith(said)) continue;
    // Civitai keeps 12 characters of an AutoV3, others all 64; an AutoV2 has 10.
    const isSame = said.length >= 8 && (said.startsWith(ours) || ours.startsWith(said));
    if (isSame && kind !== 'autoV1' && kind !== 'crc32') return 'agrees';
    if (!isSame) differs = true;
  }
  return differs ? 'contradicts' : 'unknown';
}

/** Which of the files of a version a file here is, and what all of them together say of it. */
export function matchCivitaiFile(
  files: readonly CivitaiFileClaims[],
  known: KnownHashes,
): { readonly file: CivitaiFileClaims | null; readonly verdict: 'agrees' | 'contradicts' | 'unknown' } {
  const verdicts = files.map((file) => judgeClaims(file.hashes, known));
  const same = verdicts.indexOf('agrees');
  if (same !== -1) return { file: files[same] ?? null, verdict: 'agrees' };
  const open = files.filter((_, position) => verdicts[position] === 'unknown');
  if (open.length === 0) return { file: null, verdict: files.length === 0 ? 'unknown' : 'contradicts' };
  return { file: open.length === 1 && files.length === 1 ? (open[0] ?? null) : null, verdict: 'unknown' };
}

/** Details of a version with those of the file that is meant. */
export function withCivitaiFile(details: CivitaiDetails, file: CivitaiFileClaims | null): CivitaiDetails {
  if (file === null) return details;
  return {
    ...details,
    fileId: file.id ?? details.fileId,
    downloadUrl: file.downloadUrl ?? details.downloadUrl,
    fileSizeKb: file.sizeKb ?? details.fileSizeKb,
  };
}
