/** Where the command writes. */
export interface Terminal {
  /** What is piped in. @default that of the process */
  readonly stdin?: AsyncIterable<Uint8Array>;
  /** Results. */
  out(text: string): void;
  /** Progress, warnings and errors. */
  err(text: string): void;
  /** The stream for a progress bar, null when nobody watches. */
  readonly progressStream: NodeJS.WriteStream | null;
  /** Whether something could not be written. @default never */
  hasFailed?(): boolean;
}

/**
 * The terminal of the process. A reader that has gone (`modelkeep list | head -1`) or a full disk behind a redirection is
 * no reason for a stack trace: nothing more is written, and the exit code says so.
 */
export function createTerminal(): Terminal {
  let failed = false;
  const onError = (): void => {
    failed = true;
    // The stream may fail when the command has answered already.
    process.exitCode = 1;
  };
  for (const stream of [process.stdout, process.stderr]) {
    if (stream.listenerCount('error') === 0) stream.on('error', onError);
  }
  return {
    out: (text) => void process.stdout.write(`${text}\n`),
    err: (text) => void process.stderr.write(`${text}\n`),
    progressStream: process.stderr.isTTY ? process.stderr : null,
    hasFailed: () => failed,
  };
}
