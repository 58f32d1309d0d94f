import type { Library } from 'modelkeep';
import type { Terminal } from './output/terminal.ts';
import type { ExitCode } from './exit-code.ts';

/** @internal One run of the command. */
export interface Session {
  readonly terminal: Terminal;
  /** Aborts on the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  exitCode: ExitCode;
}

/** @internal Options that every command has. */
export interface CommonOptions {
  readonly root?: string;
  readonly json?: boolean;
}

/** @internal What a command needs that may go without a library. */
export type BareContext = Omit<CommandContext, 'library'>;

/** @internal What a command is given. */
export interface CommandContext {
  readonly library: Library;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  readonly json: boolean;
}
