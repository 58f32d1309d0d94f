/** What is read of `/proc` and `/sys`. Nothing there is an error: what is missing is not known. */
export interface SystemFiles {
  /** The text of a file, or undefined. */
  readText(path: string): Promise<string | undefined>;
  /** The path without links, or undefined. */
  realpath(path: string): Promise<string | undefined>;
  /** The names in a folder; none where there is no such folder. */
  list(path: string): Promise<readonly string[]>;
}

/** How a command is run. */
export interface RunCommandOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a command of the system and returns what it prints. Used on macOS and Windows only.
 *
 * @throws whatever keeps it from ending with 0
 */
export type RunCommand = (options: RunCommandOptions) => Promise<string>;
