import { ModelkeepError } from '@modelkeep/core';
import { InvalidArgumentError } from 'commander';
import { addRepo, downloadArtifacts, listRepos, removeRepo, showRepo, syncRepo } from './commands/repos.ts';
import type { CommandGroup } from './run-within.ts';
import type { CommonOptions } from './session.ts';

const actions = ['list', 'add', 'sync', 'show', 'download', 'remove'] as const;
type RepoAction = (typeof actions)[number];

/** @internal Repos of the hub, and the files that they have. */
export function addRepoCommands({ command, within }: CommandGroup): void {
  command('repos', 'repos of the hub and their files: list, add, sync, show, download, remove')
    .argument('[action]', actions.join(', '), readAction, 'list')
    .argument(
      '[what...]',
      'hf:org/name[@revision] or the id of a repo; with download: ids of files, as show lists them',
    )
    .option('--endpoint <url>', 'the hub (default: HF_ENDPOINT, then the public hub)')
    .action((action: RepoAction, what: string[], options: CommonOptions) => {
      checkCount(action, what);
      const [first = ''] = what;
      const access = action === 'list' || action === 'show' ? 'read' : 'create';
      return within(options, access, (context) => {
        if (action === 'list') return listRepos(context);
        if (action === 'add') return addRepo(context, first);
        if (action === 'sync') return syncRepo(context, first);
        if (action === 'show') return showRepo(context, first);
        if (action === 'download') return downloadArtifacts(context, what);
        return removeRepo(context, first);
      });
    });
}

function readAction(value: string): RepoAction {
  const action = actions.find((one) => one === value);
  if (action === undefined) throw new InvalidArgumentError(`Allowed choices are ${actions.join(', ')}.`);
  return action;
}

function checkCount(action: RepoAction, { length }: readonly string[]): void {
  const isGood = action === 'list' ? length === 0 : action === 'download' ? length > 0 : length === 1;
  if (isGood) return;
  throw new ModelkeepError('core.invalid-argument', {
    message: `repos ${action} takes something else`,
    facts: { argument: 'what', found: length },
    hint: 'modelkeep repos --help',
  });
}
