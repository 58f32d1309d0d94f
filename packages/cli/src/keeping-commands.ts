import { collect } from './arguments/collect.ts';
import { readEdit } from './arguments/edit-words.ts';
import { deleteModel, type DeleteCommandOptions } from './commands/delete.ts';
import { editModel, showHistory, type EditOptions } from './commands/edit.ts';
import { exportMetadata, importMetadata, type ImportMetadataOptions } from './commands/exchange.ts';
import type { CommandGroup } from './run-within.ts';
import type { CommonOptions } from './session.ts';

/** @internal What people do with the models they have. */
export function addKeepingCommands({ command, within }: CommandGroup): void {
  command('edit <model>', 'say what a model is: that counts before every source')
    .option('--set <name=value>', 'a fact: type=lora, name=…, tags=a,b (may be repeated)', collect, [])
    .option('--clear <name>', 'go back to what the sources say (may be repeated)', collect, [])
    .action((model: string, options: EditOptions) => {
      const changes = readEdit(options.set, options.clear);
      return within(options, 'write', (context) => editModel(context, model, changes));
    });
  command('history <model>', 'what has changed in the facts of a model, and by whom').action(
    (model: string, options: CommonOptions) => within(options, 'read', (context) => showHistory(context, model)),
  );
  command('delete <model>', 'take a model out of the library')
    .option('--dry-run', 'only tell what would go')
    .option('--unlink', 'remove the links of apps to it first')
    .option('--yes', 'do it')
    .action((model: string, options: DeleteCommandOptions) =>
      within(options, options.yes === true ? 'write' : 'read', (context) => deleteModel(context, model, options)),
    );
  command('export [file]', 'write what is known of all models, without their bytes, to a file or to stdout').action(
    (file: string | undefined, options: CommonOptions) =>
      within(options, 'read', (context) => exportMetadata(context, file)),
  );
  command('import-metadata <file>', 'give what an export knows to the models that have the same weights; - is stdin')
    .option('--replace-edits', 'what people said in the export counts before what they said here')
    .action((file: string, options: ImportMetadataOptions) =>
      within(options, 'write', (context) => importMetadata(context, file, options)),
    );
}
