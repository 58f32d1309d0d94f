import { InvalidArgumentError, Option } from 'commander';
import { readByteCount } from './arguments/byte-count.ts';
import { exportRegistry, migrateRegistry, type MigrateCommandOptions } from './commands/migrate.ts';
import type { CommandGroup } from './run-within.ts';

interface MigrateOptions extends MigrateCommandOptions {
  readonly export?: boolean;
}

/** @internal What other tools have left behind, and back. */
export function addMigrationCommands({ command, within }: CommandGroup): void {
  command('migrate', 'take over what another tool has left behind')
    .argument('<kind>', 'registry: a registry of models in SQLite (mobilesd_models.sqlite)', kind)
    .argument('<file>', 'the file that it is in, which is only read')
    .option('--dry-run', 'only tell what would be done')
    .option('--base <dir>', 'the folder that its relative paths are relative to')
    .option('--no-scan', 'do not scan the folders of files that the library does not have')
    .option('--max-hash-bytes <bytes>', 'do not read larger files: 500M, 40G (default: 15G)', readByteCount)
    .addOption(
      new Option(
        '--export',
        'the other way: write the models of the library to this file, which is not there yet',
      ).conflicts(['dryRun', 'base']),
    )
    .action((_kind: string, file: string, options: MigrateOptions) =>
      options.export === true
        ? within(options, 'read', (context) => exportRegistry(context, file))
        : within(options, 'create', (context) => migrateRegistry(context, file, options)),
    );
}

function kind(value: string): string {
  if (value === 'registry') return value;
  throw new InvalidArgumentError('Allowed choices are registry.');
}
