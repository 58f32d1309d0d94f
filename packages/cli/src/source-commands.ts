import { Option } from 'commander';
import { identifyFile, type IdentifyCommandOptions } from './commands/identify.ts';
import { enrichModels, previewLevels, type EnrichCommandOptions } from './commands/enrich.ts';
import type { CommandGroup, RunIdentifying } from './run-within.ts';

/** @internal What sources know of models. */
export function addSourceCommands({
  command,
  within,
  identifying,
}: CommandGroup & { readonly identifying: RunIdentifying }): void {
  command(
    'identify <file>',
    'what a file or a folder of one model is, where it comes from, and what is known about loading it',
  )
    .option('--offline', 'ask nobody: neither where it comes from, nor for what is not on this machine')
    .option('--endpoint <url>', 'the hub (default: HF_ENDPOINT, then the public hub)')
    .option('--token <token>', 'a token of the hub (default: HF_TOKEN, which other users of the machine do not see)')
    .action((file: string, options: IdentifyCommandOptions) =>
      identifying({ ...options, typedUrls: [file] }, (identifier, context) =>
        identifyFile({ ...context, identifier }, file, options),
      ),
    );
  command('enrich [models...]', 'bring together what sidecars, Civitai and the hub know of models')
    .option('--offline', 'ask nobody, and tell what is left to ask')
    .option('--search-hub', 'also search the hub for files of a like name')
    .option('--pages', 'also read each model’s page: description, tags, maker')
    .addOption(
      new Option('--previews <from>', 'pictures for models that have none: local files, then Civitai’s, or none')
        .choices(['local', 'fetch', 'none'])
        .default('local'),
    )
    .addOption(
      new Option('--preview-level <rating>', 'the highest rating of a picture that is fetched')
        .choices(Object.keys(previewLevels))
        .default('pg'),
    )
    .option('--renew', 'ask again what was asked before')
    .action((models: string[], options: EnrichCommandOptions) =>
      within(options, 'write', (context) => enrichModels(context, models, options)),
    );
}
