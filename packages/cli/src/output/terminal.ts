/** Where the command writes. */
export interface Terminal {
  /** Results. */
  out(text: string): void;
  /** Progress, warnings and errors. */
  err(text: string): void;
  /** The stream for a progress bar, null when nobody watches. */
  readonly progressStream: NodeJS.WriteStream | null;
}

/** The terminal of the process. */
export function createTerminal(): Terminal {
  return {
    out: (text) => void process.stdout.write(`${text}\n`),
    err: (text) => void process.stderr.write(`${text}\n`),
    progressStream: process.stderr.isTTY ? process.stderr : null,
  };
}
