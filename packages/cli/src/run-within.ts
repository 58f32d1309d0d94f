import type { Command } from 'commander';
import type { FileIdentifier } from 'modelkeep';
import type { ExitCode } from './exit-code.ts';
import type { LibraryAccess, LibraryOptions } from './open-for.ts';
import type { BareContext, CommandContext } from './session.ts';

/** @internal Opens the library that the command line means, runs a command on it, and closes it. */
export type RunWithin = (
  options: LibraryOptions,
  access: LibraryAccess,
  run: (context: CommandContext) => Promise<ExitCode>,
) => Promise<void>;

/** @internal Looks at files with the library that the command line means, or without one where there is none. */
export type RunIdentifying = (
  options: LibraryOptions,
  run: (identifier: Pick<FileIdentifier, 'identify'>, context: BareContext) => Promise<ExitCode>,
) => Promise<void>;

/** @internal What a group of commands is added with. */
export interface CommandGroup {
  /** A command with the options that all have. */
  readonly command: (usage: string, description: string) => Command;
  readonly within: RunWithin;
}
