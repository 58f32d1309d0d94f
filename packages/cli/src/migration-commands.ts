import { InvalidArgumentError, Option } from 'commander';
import type { StateKind } from 'modelkeep';
import { readByteCount } from './arguments/byte-count.ts';
import { exportRegistry, migrateRegistry, type MigrateCommandOptions } from './commands/migrate.ts';
import {
  exportState,
  migrateServers,
  migrateState,
  type MigrateStateCommandOptions,
} from './commands/migrate-state.ts';
import type { CommandGroup } from './run-within.ts';
import type { CommandContext } from './session.ts';
import type { ExitCode } from './exit-code.ts';

interface MigrateOptions extends MigrateCommandOptions, MigrateStateCommandOptions {
  readonly export?: boolean;
}

type MigrationKind = StateKind | 'registry' | 'servers';
const kinds: readonly MigrationKind[] = ['registry', 'servers', 'manifest', 'progress', 'tokens'];

/** @internal What other tools have left behind, and back. */
export function addMigrationCommands({ command, within }: CommandGroup): void {
  command('migrate', 'take over what another tool has left behind')
    .argument(
      '<kind>',
      'registry: models in SQLite (mobilesd_models.sqlite); servers: which server has which of them; manifest, progress, tokens: the JSON files of a download manager',
      readKind,
    )
    .argument('<file>', 'the file that it is in, which is only read')
    .option('--dry-run', 'only tell what would be done')
    .option('--base <dir>', 'of a registry: the folder that its relative paths are relative to')
    .option('--no-scan', 'of a registry: do not scan the folders of files that the library does not have')
    .option(
      '--max-hash-bytes <bytes>',
      'of a registry: do not read larger files: 500M, 40G (default: 15G)',
      readByteCount,
    )
    .option('--replace-tokens', 'of tokens: those of the file take the place of those that are here')
    .addOption(
      new Option(
        '--export',
        'the other way: write the registry, manifest or progress of the library to this file, which is not there yet',
      ).conflicts(['dryRun', 'base', 'replaceTokens']),
    )
    .action((kind: MigrationKind, file: string, options: MigrateOptions) =>
      within(options, options.export === true ? 'read' : 'create', (context) =>
        options.export === true ? write(context, kind, file) : takeOver(context, kind, { file, options }),
      ),
    );
}

async function takeOver(
  context: CommandContext,
  kind: MigrationKind,
  { file, options }: { readonly file: string; readonly options: MigrateOptions },
): Promise<ExitCode> {
  if (kind === 'registry') return migrateRegistry(context, file, options);
  if (kind === 'servers') return migrateServers(context, file, options);
  return migrateState(context, kind, { ...options, file });
}

async function write(context: CommandContext, kind: MigrationKind, file: string): Promise<ExitCode> {
  if (kind === 'registry') return exportRegistry(context, file);
  return exportState(context, kind, file);
}

function readKind(value: string): MigrationKind {
  const kind = kinds.find((one) => one === value);
  if (kind !== undefined) return kind;
  throw new InvalidArgumentError(`Allowed choices are ${kinds.join(', ')}.`);
}
