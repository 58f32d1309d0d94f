import { InvalidArgumentError } from 'commander';
import { enrichModels, type EnrichCommandOptions } from './commands/enrich.ts';
import type { CommandGroup } from './run-within.ts';

/** @internal What sources know of models. */
export function addSourceCommands({ command, within }: CommandGroup): void {
  command('enrich [models...]', 'bring together what sidecars, Civitai and the hub know of models')
    .option('--offline', 'ask nobody, and tell what is left to ask')
    .option('--search-hub', 'also search the hub for files of a like name')
    .option('--pages', 'also read each model’s page: description, tags, maker')
    .option('--previews', 'fetch a picture for models that have none')
    .option(
      '--max-nsfw-level <flags>',
      'the most that a picture may be: 1 PG, 2 PG-13, 4 R, 8 X, 16 XXX (default: 1)',
      nsfwLevel,
    )
    .option('--renew', 'ask again what was asked before')
    .action((models: string[], options: EnrichCommandOptions) =>
      within(options, 'write', (context) => enrichModels(context, models, options)),
    );
}

function nsfwLevel(value: string): number {
  if (!/^\d{1,3}$/u.test(value)) throw new InvalidArgumentError('a sum of flags is expected, such as 1 or 3');
  return Number(value);
}
