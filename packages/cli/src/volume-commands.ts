import { ModelkeepError } from '@modelkeep/core';
import { InvalidArgumentError } from 'commander';
import {
  listDeleted,
  manageVolumes,
  moveModels,
  relocateModel,
  undeleteModel,
  type VolumeCommandOptions,
} from './commands/volumes.ts';
import type { CommandGroup } from './run-within.ts';
import type { CommonOptions } from './session.ts';

const actions = ['list', 'add', 'change', 'remove'] as const;
type VolumeAction = (typeof actions)[number];

/** @internal The drives of a library, and where its models are. */
export function addVolumeCommands({ command, within }: CommandGroup): void {
  command('volumes', 'the drives of the library: list, add <dir>, change <volume>, remove <volume>')
    .argument('[action]', actions.join(', '), readAction, 'list')
    .argument('[volume]', 'a folder to add; else a label, an id or its start')
    .option('--label <name>', 'what the volume is called')
    .option('--types <types>', 'types of new models that go there: lora,llm')
    .option('--default', 'other new models go there as well')
    .option('--with-models', 'with remove: its models go with it, and nothing on it is deleted')
    .action((action: VolumeAction, volume: string | undefined, options: VolumeCommandOptions) => {
      if (action !== 'list' && volume === undefined) throw needsVolume(action);
      return within(options, action === 'list' ? 'read' : action === 'add' ? 'create' : 'write', (context) =>
        manageVolumes(context, { action, volume: volume ?? '' }, options),
      );
    });
  command('move <models...>', 'move models to another volume, links of apps included')
    .requiredOption('--to <volume>', 'its label, its id or the start of it; first is the library’s own folder')
    .action((models: string[], options: CommonOptions & { readonly to: string }) =>
      within(options, 'write', (context) => moveModels(context, models, options.to)),
    );
  command('relocate <model>', 'give a model the folder that its type, family and name ask for').action(
    (model: string, options: CommonOptions) => within(options, 'write', (context) => relocateModel(context, model)),
  );
  command('trash', 'deleted models that undelete can bring back').action((options: CommonOptions) =>
    within(options, 'read', listDeleted),
  );
  command('undelete <model>', 'bring a deleted model back, as long as it is in the trash').action(
    (model: string, options: CommonOptions) => within(options, 'write', (context) => undeleteModel(context, model)),
  );
}

function readAction(value: string): VolumeAction {
  const action = actions.find((one) => one === value);
  if (action === undefined) throw new InvalidArgumentError(`Allowed choices are ${actions.join(', ')}.`);
  return action;
}

function needsVolume(action: VolumeAction): ModelkeepError {
  return new ModelkeepError('core.invalid-argument', {
    message: `volumes ${action} needs a volume`,
    facts: { argument: 'volume' },
    hint: action === 'add' ? 'name a folder on the drive' : 'volumes lists labels and ids',
  });
}
