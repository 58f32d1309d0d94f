import { InvalidArgumentError, Option } from 'commander';
import { readByteRate } from './arguments/byte-rate.ts';
import {
  evictModels,
  pinModels,
  restoreModel,
  showRoom,
  type EvictCommandOptions,
  type RoomOptions,
} from './commands/room.ts';
import { showUpdates, updateModel, type HubCommandOptions, type UpdateCommandOptions } from './commands/updates.ts';
import { releaseModel, showVersions, type ReleaseCommandOptions, type VersionsOptions } from './commands/versions.ts';
import type { CommandGroup } from './run-within.ts';
import type { CommonOptions } from './session.ts';

/** @internal What models become at their sources, and the room that they take here. */
export function addRevisionCommands({ command, within }: CommandGroup): void {
  const withHub: CommandGroup['command'] = (usage, description) =>
    command(usage, description)
      .option('--endpoint <url>', 'the hub (default: HF_ENDPOINT, then the public hub)')
      .option('--token <token>', 'a token of the hub (default: HF_TOKEN, which other users of the machine do not see)');

  withHub('updates [models...]', 'tell which models have changed where they came from, and what of them').action(
    (models: string[], options: HubCommandOptions) =>
      within(options, 'read', (context) => showUpdates(context, models)),
  );
  withHub('update <model>', 'fetch what has changed: new weights are a new version, and the old one stays')
    .option('--dry-run', 'only tell what has changed')
    .option(
      '--release-old',
      'give up older versions and replaced files, but for what is linked, or pinned while the newest is not',
    )
    .option('--relink', 'let the links of apps to older versions lead to the new one')
    .option('--make-room', 'evict models where there is no room for it')
    .action((model: string, options: UpdateCommandOptions) =>
      within(options, 'write', (context) => updateModel(context, model, options)),
    );
  command('versions <model>', 'the versions of a model that are here, and its quantisations')
    .addOption(
      new Option('--follow <word>', 'links of apps to this version: go to a newer one, or stay').choices([
        'latest',
        'pinned',
      ]),
    )
    .action((model: string, options: VersionsOptions) =>
      within(options, options.follow === undefined ? 'read' : 'write', (context) =>
        showVersions(context, model, options),
      ),
    );
  command('release <model>', 'give up the older versions of a model, and files that newer ones have replaced')
    .option('--dry-run', 'only tell what would go')
    .option('--unlink', 'remove the links of apps to older versions first')
    .action((model: string, options: ReleaseCommandOptions) =>
      within(options, options.dryRun === true ? 'read' : 'write', (context) => releaseModel(context, model, options)),
    );
  command('pin <models...>', 'keep the bytes of models here, whatever room is needed').action(
    (models: string[], options: CommonOptions) =>
      within(options, 'write', (context) => pinModels(context, models, true)),
  );
  command('unpin <models...>', 'let models be evicted again').action((models: string[], options: CommonOptions) =>
    within(options, 'write', (context) => pinModels(context, models, false)),
  );
  withHub('evict [models...]', 'give up the files of models, the least recently used first; they stay known')
    .requiredOption('--free <bytes>', 'until so much is free: 500M, 20G', bytes)
    .option('--volume <volume>', 'where: an id or label, first, or all [default: where the least room is left]')
    .option('--dry-run', 'only tell what would go, and why the others stay')
    .option('--unfetchable', 'also what could not be had again')
    .option('--no-check-sources', 'believe that sources still have what came from them')
    .action((models: string[], options: EvictCommandOptions) =>
      within(options, options.dryRun === true ? 'read' : 'write', (context) => evictModels(context, models, options)),
    );
  withHub('restore <model>', 'fetch the files of an evicted model again').action(
    (model: string, options: HubCommandOptions) => within(options, 'write', (context) => restoreModel(context, model)),
  );
  command('room', 'what the models take of what they may take')
    .option('--quota <bytes>', 'what they may take together on a volume: 500G; none takes it back', quota)
    .option('--volume <volume>', 'the volume, by id or label [default: all; a quota is that of the first]')
    .action((options: RoomOptions) =>
      within(options, options.quota === undefined ? 'read' : 'write', (context) => showRoom(context, options)),
    );
}

function bytes(value: string): number {
  const count = readByteRate(value);
  if (count === null) throw new InvalidArgumentError('a number of bytes is expected, such as 500M or 20G');
  return count;
}

function quota(value: string): number | 'none' {
  return value === 'none' ? value : bytes(value);
}
