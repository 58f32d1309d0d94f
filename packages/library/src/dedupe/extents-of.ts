import { execFile } from 'node:child_process';

/** What is printed for a file in ten thousand pieces is far below this. */
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;
const TIMEOUT_MS = 10_000;

/** First and last block in the file and on the drive, length, perhaps what was expected, and what is said of the piece. */
const EXTENT = /^ *\d+: +(\d+)\.\. *(\d+): +(\d+)\.\. *(\d+): +\d+:(?: +\d+:)? *([a-z_,]*)$/gmu;
/** Flags of pieces that have no place of their own on the drive, or none yet. */
const UNPLACED = /unknown_loc|delalloc|inline|not_aligned|tail_merged/u;

/**
 * @internal Where the bytes of a file lie on its drive, where some of them are shared with other files: a text that is the same
 * for files that share all of them. Linux tells by `filefrag`, which comes with the tools of ext4.
 *
 * @returns null where nobody tells, and for a file that shares nothing
 */
export async function extentsOf(path: string): Promise<string | null> {
  // A line break in the name would be one in what is read here.
  if (process.platform !== 'linux' || /\p{Cc}/u.test(path)) return null;
  const pieces = [...(await filefrag(path)).matchAll(EXTENT)].map(([, ...piece]) => piece);
  const flags = pieces.map((piece) => piece[4] ?? '');
  if (!flags.some((flag) => flag.includes('shared')) || flags.some((flag) => UNPLACED.test(flag))) return null;
  return pieces.map((piece) => piece.slice(0, 4).join(' ')).join(', ');
}

/** @returns no text where the command is missing or fails */
function filefrag(path: string): Promise<string> {
  const limits = { encoding: 'utf8', maxBuffer: MAX_OUTPUT_BYTES, timeout: TIMEOUT_MS } as const;
  // It is no command of every user's: `sbin` may not be in the path. Its words are read: they must be English.
  const env = { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`, LC_ALL: 'C' };
  return new Promise((resolve) => {
    execFile('filefrag', ['-v', path], { ...limits, env }, (error, stdout) => resolve(error === null ? stdout : ''));
  });
}
