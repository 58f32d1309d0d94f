import { Command, InvalidArgumentError, Option } from 'commander';
import { importModes } from 'modelkeep';
import { weightsFormats, type WeightsFormat } from '@modelkeep/core';
import { collect } from './arguments/collect.ts';
import { readByteCount } from './arguments/byte-count.ts';
import { readByteRate } from './arguments/byte-rate.ts';
import { dedupeFolder, type DedupeCommandOptions } from './commands/dedupe.ts';
import { diagnoseLibrary } from './commands/doctor.ts';
import { collectGarbage, type GcCommandOptions } from './commands/gc.ts';
import { getModels, type GetOptions } from './commands/get.ts';
import { hashModels } from './commands/hash.ts';
import { importFiles, type ImportCommandOptions } from './commands/import.ts';
import { linkApp, unlinkApp, type LinkOptions } from './commands/link.ts';
import { showLinks, type LinksOptions } from './commands/links.ts';
import { lookUpFile, type LookupCommandOptions } from './commands/lookup.ts';
import { repairLibrary } from './commands/repair.ts';
import { scanFolders, type ScanCommandOptions } from './commands/scan.ts';
import { rebuildIndex, verifyLibrary, type VerifyOptions } from './commands/verify.ts';
import { addSourceCommands } from './source-commands.ts';
import { addAppCommands } from './app-commands.ts';
import { addFindingCommands } from './finding-commands.ts';
import { addJobCommands } from './job-commands.ts';
import { addKeepingCommands } from './keeping-commands.ts';
import { addMigrationCommands } from './migration-commands.ts';
import { openFor, openToIdentify } from './open-for.ts';
import { addRepoCommands } from './repo-commands.ts';
import { addRevisionCommands } from './revision-commands.ts';
import { createLogger } from './output/create-logger.ts';
import { addScheduleCommands } from './schedule-commands.ts';
import { addServerCommands } from './server-commands.ts';
import { addStateCommands } from './state-commands.ts';
import { version } from './version.ts';
import { addVolumeCommands } from './volume-commands.ts';
import { addWebhookCommands } from './webhook-commands.ts';
import type { CommonOptions, Session } from './session.ts';
import type { RunIdentifying, RunWithin } from './run-within.ts';

/** @internal The command line with all its commands. */
export function createProgram(session: Session): Command {
  const program = new Command('modelkeep')
    .description('Finds, downloads, verifies, identifies and links AI model files, each stored once.')
    .version(version, '--version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => session.terminal.out(text.trimEnd()),
      writeErr: (text) => session.terminal.err(text.trimEnd()),
    })
    .showHelpAfterError('(run with --help for the usage)');

  const within: RunWithin = async (options, access, run) => {
    const library = await openFor(access, options, createLogger(session.terminal));
    try {
      const context = { library, terminal: session.terminal, signal: session.signal, json: options.json === true };
      session.exitCode = await run(context);
    } finally {
      await library.close();
    }
  };

  const identifying: RunIdentifying = async (options, run) => {
    const identifier = await openToIdentify(options, createLogger(session.terminal));
    try {
      const context = { terminal: session.terminal, signal: session.signal, json: options.json === true };
      session.exitCode = await run(identifier, context);
    } finally {
      await identifier.close();
    }
  };

  const command = (usage: string, description: string): Command =>
    program
      .command(usage)
      .description(description)
      .option('--root <dir>', "the library's folder (default: MODELKEEP_ROOT)")
      .option('--json', 'one JSON document on stdout');
  const weightsFormat = new Option('--format <format>', 'only weights of this format (may be repeated)')
    .argParser(collectFormats)
    .default([]);

  command('get <reference>', 'download models: hf:org/name[@revision][/path], or the https address of a file')
    .option('--include <glob>', 'only files that match (may be repeated)', collect, [])
    .option('--exclude <glob>', 'no files that match (may be repeated)', collect, [])
    .option(
      '--quant <name>',
      'the GGUF of this quantisation: Q4_K_M (may be repeated, the preferred one first)',
      collect,
      [],
    )
    .option(
      '--precision <name>',
      'the weights of this precision: fp16 (may be repeated, the preferred one first)',
      collect,
      [],
    )
    .option('--component <name>', 'only this part: unet, vae, diffusion_models (may be repeated)', collect, [])
    .addOption(weightsFormat)
    .option('--sha256 <hex>', 'what the single file has to be')
    .option('--mirror <url>', 'another address of the single file (may be repeated)', collect, [])
    .option('--endpoint <url>', 'the hub (default: HF_ENDPOINT, then the public hub)')
    .option('--token <token>', 'a token of the hub (default: HF_TOKEN, which other users of the machine do not see)')
    .option('--volume <volume>', 'where new models go: the label or id of a volume')
    .option('--limit-rate <bytes>', 'at most so many bytes a second: 500k, 1M, 20000000', byteRate)
    .option('--connections <count>', 'connections to one server at most (default: 8)', positiveInteger)
    .option('--make-room', 'evict models, the least recently used first, where there is no room for it')
    .option('--dry-run', 'only tell what would be downloaded')
    .action((reference: string, options: GetOptions) =>
      within({ ...options, typedUrls: [reference, ...options.mirror] }, 'create', (context) =>
        getModels(context, reference, options),
      ),
    );
  command('import <paths...>', 'take model files and folders into the library')
    .addOption(
      new Option(
        '--mode <mode>',
        'copy; move: the originals become the library’s; link: clone, or adopt where they are; auto: adopt what other tools keep, copy the rest',
      )
        .choices(importModes)
        .default('auto'),
    )
    .option('--trust-stores', 'believe the digests that other tools say of their files')
    .option('--volume <volume>', 'where new models go: the label or id of a volume')
    .option('--all-hashes', 'also compute AutoV1, AutoV2, AutoV3, CRC-32 and the tensor hash')
    .action((paths: string[], options: ImportCommandOptions) =>
      within(options, 'create', (context) => importFiles(context, paths, options)),
    );
  command('scan <roots...>', 'bring the library up to date with folders whose models stay where they are')
    .option('--watch', 'go on, and scan again when something changes, until Ctrl-C')
    .option('--max-hash-bytes <bytes>', 'do not read larger files: 500M, 40G (default: 15G)', readByteCount)
    .option('--trust-stores', 'believe the digests that other tools say of their files')
    .option(
      '--follow-configs',
      "also scan the folders that an app's config file leads to (extra_model_paths.yaml of ComfyUI)",
    )
    .option('--enrich', 'then ask Civitai about what is new; takes the options of enrich')
    .option('--wide', 'also scan what holds the home folder, such as a whole drive')
    .option('--offline', 'with --enrich: ask nobody, and tell what is left to ask')
    .option('--search-hub', 'with --enrich: also search the hub for files of a like name')
    .action((roots: string[], options: ScanCommandOptions) =>
      within(options, 'create', (context) => scanFolders(context, roots, options)),
    );
  addFindingCommands({ command, within });
  addKeepingCommands({ command, within });
  addVolumeCommands({ command, within });
  addWebhookCommands({ command, within });
  addSourceCommands({ command, within, identifying });
  addRevisionCommands({ command, within });
  addRepoCommands({ command, within });
  addServerCommands({ command, within });
  addMigrationCommands({ command, within });
  addJobCommands({ command, within });
  addScheduleCommands({ command, within });
  addStateCommands({ command, within });
  command('lookup <file>', 'find where a file comes from: its SHA-256, its name, or the path of a file')
    .option('--name <name>', 'a file name to search the hub by, where it is not that of the file')
    .option('--offline', 'only look in what is known of repos that were seen before')
    .option('--endpoint <url>', 'the hub (default: HF_ENDPOINT, then the public hub)')
    .option('--token <token>', 'a token of the hub (default: HF_TOKEN, which other users of the machine do not see)')
    .action((file: string, options: LookupCommandOptions) =>
      within(options, 'read', (context) => lookUpFile(context, file, options)),
    );
  addAppCommands({ command, within });
  command('link <app> <dir>', 'make the models appear in an app; auto: the one that the folder looks like')
    .option('--dry-run', 'only tell what would be linked')
    .option('--by <way>', 'symlink, hardlink, reflink, junction or copy, where it is possible')
    .option('--allow-copy', 'copy files where no link is possible')
    .option('--watch', 'go on: the app follows the library until Ctrl-C')
    .option('--app-version <version>', 'version of the app (default: what its files say)')
    .option('--model-config <name>', 'which of the translation configs counts (default: default)')
    .addOption(new Option('--way <way>', 'how it is mapped').choices(['links', 'config', 'store', 'plan-only']))
    .action((app: string, directory: string, options: LinkOptions) =>
      within(options, 'write', (context) => linkApp(context, { app, directory, options })),
    );
  command('links [app] [dir]', 'tell how the links into apps are')
    .option('--check', 'compare them with the folders and the library (the default)')
    .option('--repair', 'make good ones again, and remove those that the library has nothing for')
    .action((app: string | undefined, directory: string | undefined, options: LinksOptions) =>
      within(options, 'write', (context) => showLinks(context, { app, directory, options })),
    );
  command('unlink <app> <dir>', 'remove the links of this library from an app').action(
    (app: string, directory: string, options: CommonOptions) =>
      within(options, 'write', (context) => unlinkApp(context, { app, directory })),
  );
  command('verify', 'compare every stored byte with its hash')
    .addOption(new Option('--deep', 'read every byte (the default)').conflicts('quick'))
    .option('--quick', 'only compare sizes')
    .option('--repair', 'mend what is bad: from the library itself, else from where it came from')
    .option('--replace-changed', 'with --repair: also replace files that somebody changed in the models’ folders')
    .action((options: VerifyOptions) =>
      within(options, options.repair === true ? 'write' : 'read', (context) =>
        options.repair === true ? repairLibrary(context, options) : verifyLibrary(context, options),
      ),
    );
  command('gc', 'put what no model needs into the trash, and empty that of what has been there for a day')
    .option('--dry-run', 'only tell what would be collected')
    .action((options: GcCommandOptions) =>
      within(options, options.dryRun === true ? 'read' : 'write', (context) => collectGarbage(context, options)),
    );
  command('dedupe <folder>', 'find files of the same bytes in any folder, such as that of an app')
    .option('--apply', 'let them share their bytes, by reflinks')
    .option('--allow-hardlinks', 'with --apply: by hard links where there are no reflinks; a write to one changes all')
    .option('--min-bytes <count>', 'pass over smaller files (default: 1048576)', positiveInteger)
    .action((folder: string, options: DedupeCommandOptions) =>
      within(options, 'read', (context) => dedupeFolder(context, folder, options)),
    );
  command(
    'hash [models...]',
    'compute AutoV1, AutoV2, AutoV3, CRC-32 and the tensor hash where they are missing',
  ).action((models: string[], options: CommonOptions) =>
    within(options, 'write', (context) => hashModels(context, models)),
  );
  command('rebuild', 'make the index anew from the metadata of the models').action((options: CommonOptions) =>
    within(options, 'write', rebuildIndex),
  );
  command('doctor', 'look at the machine, the drive and the library').action((options: CommonOptions) =>
    within(options, 'read', diagnoseLibrary),
  );

  return program;
}

function collectFormats(value: string, previous: readonly WeightsFormat[]): WeightsFormat[] {
  const format = weightsFormats.find((name) => name === value.toLowerCase());
  if (format === undefined) throw new InvalidArgumentError(`Allowed choices are ${weightsFormats.join(', ')}.`);
  return [...previous, format];
}

function byteRate(value: string): number {
  const bytesPerSecond = readByteRate(value);
  if (bytesPerSecond === null) throw new InvalidArgumentError('bytes a second are expected, such as 500k or 1M');
  return bytesPerSecond;
}

function positiveInteger(value: string): number {
  if (!/^[1-9]\d{0,8}$/u.test(value)) throw new InvalidArgumentError('a whole number above 0 is expected');
  return Number(value);
}
