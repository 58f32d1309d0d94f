import { Option } from 'commander';
import { collect } from './arguments/collect.ts';
import { clearable, mapModel, showApps, type MapOptions } from './commands/link.ts';
import { undoLink, type UndoOptions } from './commands/undo.ts';
import type { CommandGroup } from './run-within.ts';
import type { CommonOptions } from './session.ts';

/** @internal What people say about apps and the places of models in them, and how it is taken back. */
export function addAppCommands({ command, within }: CommandGroup): void {
  command('apps [dir]', 'which app a folder is, by its own files; without a folder: the apps that are known').action(
    (directory: string | undefined, options: CommonOptions) =>
      within(options, 'write', (context) => showApps(context, directory)),
  );
  command('map <model> <app>', 'say which versions of an app see a model, and by which name; * is for all apps')
    .option('--versions <range>', 'only these versions: ">=0.3.0 <0.5.0"')
    .option('--no-link', 'it is kept out of the app')
    .option('--name <name>', 'the name of its link')
    .option('--folder <folder>', 'a folder below the one for such models')
    .addOption(
      new Option('--names <names>', 'as it was called where it came from, or cleaned').choices(['official', 'cleaned']),
    )
    .option('--clear <field>', `take a statement back: ${clearable.join(', ')} (may be repeated)`, collect, [])
    .action((model: string, app: string, options: MapOptions) => {
      /* commander says true for what was not said. */
      const link = options.link === false ? false : undefined;
      return within(options, 'write', (context) => mapModel(context, { model, app, options: { ...options, link } }));
    });
  command('undo <app> <dir>', 'take back what the last `link` did to an app, as far as nobody has changed it since')
    .option('--run <id>', 'another run than the last one: its id, or how that begins')
    .addOption(new Option('--list', 'only tell which runs can be taken back').conflicts(['run', 'dryRun']))
    .option('--dry-run', 'only tell what would be taken back')
    .action((app: string, directory: string, options: UndoOptions) =>
      within(options, 'write', (context) => undoLink(context, { app, directory, options })),
    );
}
