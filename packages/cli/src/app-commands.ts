import { Option } from 'commander';
import { collect } from './arguments/collect.ts';
import { clearable, mapModel, showApps, type MapOptions } from './commands/link.ts';
import type { CommandGroup } from './run-within.ts';
import type { CommonOptions } from './session.ts';

/** @internal What people say about apps and the places of models in them. */
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
}
