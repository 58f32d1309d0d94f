import { InvalidArgumentError, Option, type Command } from 'commander';
import { modelFormats, modelTypes, sourceProviders } from '@modelkeep/core';
import { modelSorts } from 'modelkeep';
import { readByteCount } from './arguments/byte-count.ts';
import { collect } from './arguments/collect.ts';
import { readDate } from './arguments/read-date.ts';
import { listModels, searchModels, showModel, type ListOptions, type SearchOptions } from './commands/list.ts';
import type { CommandGroup } from './run-within.ts';
import type { CommonOptions } from './session.ts';

/** @internal Finding models and looking at them. */
export function addFindingCommands({ command, within }: CommandGroup): void {
  withFilters(command('search <query...>', 'find models by words; the last one may be unfinished'))
    .addOption(sortOption(['relevance', ...modelSorts]))
    .option('--limit <count>', 'at most so many (default: 20)', positiveInteger)
    .option('--exact', 'no words that are only like those of the query')
    .option('--also <dir>', 'search this library as well (may be repeated)', collect, [])
    .action((words: string[], options: SearchOptions) =>
      within(options, 'read', (context) => searchModels(context, words.join(' '), options)),
    );
  withFilters(command('list', 'all models'))
    .addOption(sortOption(modelSorts))
    .option('--limit <count>', 'at most so many (default: all)', positiveInteger)
    .action((options: ListOptions) => within(options, 'read', (context) => listModels(context, options)));
  command(
    'show <model>',
    'everything about one model: id, start of an id, slug, name, or a path that it is known by, also of another system',
  ).action((model: string, options: CommonOptions) => within(options, 'read', (context) => showModel(context, model)));
}

/** The options that say which models, and how they are told. */
function withFilters(command: Command): Command {
  const any = (flags: string, description: string): Option =>
    new Option(flags, `${description} (may be repeated: any of them)`).argParser(collect).default([]);
  const oneOf = (flags: string, description: string, choices: readonly string[]): Option =>
    new Option(flags, `${description} (may be repeated: any of them)`)
      .argParser((value: string, previous: readonly string[]) => collect(chosen(value, choices), previous))
      .default([]);
  return command
    .addOption(oneOf('--type <type>', 'only models of this type', modelTypes))
    .addOption(any('--family <family>', 'only models of this family'))
    .addOption(any('--base-model <name>', 'only models for this base model'))
    .addOption(oneOf('--format <format>', 'only models of this format', modelFormats))
    .addOption(any('--precision <name>', 'only weights of this precision'))
    .addOption(any('--quant <name>', 'only weights of this quantisation'))
    .addOption(any('--licence <name>', 'only models under this licence'))
    .addOption(oneOf('--provider <name>', 'only models from there', sourceProviders))
    .addOption(any('--repo <repo>', 'only models of this repo: org/name'))
    .option('--tag <tag>', 'only models with this tag (may be repeated: all of them)', collect, [])
    .addOption(any('--any-tag <tag>', 'only models with this tag'))
    .option('--app <app>', 'only models that this app has links to')
    .option('--min-size <bytes>', 'only models of this size at least: 500M, 4G', readByteCount)
    .option('--max-size <bytes>', 'only models of this size at most', readByteCount)
    .option('--since <date>', 'only models that came into the library since: 2026-01-31, 12h, 30d, 2w', date)
    .option('--before <date>', 'only models that came into the library before', date)
    .addOption(new Option('--complete', 'only models with all their files').conflicts('incomplete'))
    .option('--incomplete', 'only models that lack files')
    .option('--reverse', 'the other way round')
    .option('--after <cursor>', 'go on where a page ended: `next` of its JSON')
    .option('--facets', 'count the models by type, family, tags and so on');
}

function sortOption(choices: readonly string[]): Option {
  return new Option('--sort <order>', 'by what').choices(choices).default(choices[0]);
}

function chosen(value: string, choices: readonly string[]): string {
  if (choices.includes(value)) return value;
  throw new InvalidArgumentError(`Allowed choices are ${choices.join(', ')}.`);
}

function date(value: string): string {
  const time = readDate(value, Date.now());
  if (time === null) throw new InvalidArgumentError('a date is expected, such as 2026-01-31 or 30d');
  return time;
}

function positiveInteger(value: string): number {
  if (!/^[1-9]\d{0,8}$/u.test(value)) throw new InvalidArgumentError('a whole number above 0 is expected');
  return Number(value);
}
