import { ModelkeepError } from '@modelkeep/core';
import { InvalidArgumentError } from 'commander';
import { checkServers, listServers, removeServer, syncServer } from './commands/servers.ts';
import type { CommandGroup } from './run-within.ts';
import type { CommonOptions } from './session.ts';

const actions = ['list', 'check', 'sync', 'remove'] as const;
type ServerAction = (typeof actions)[number];

/** @internal Which server has which model. */
export function addServerCommands({ command, within }: CommandGroup): void {
  command('servers', 'who has which model: list, check <models...>, sync, remove <server>')
    .argument('[action]', actions.join(', '), readAction, 'list')
    .argument('[names...]', 'with check: hashes, civitai:@<version>, hf:org/name/path, paths; with remove: an id')
    .action((action: ServerAction, names: string[], options: CommonOptions) => {
      checkNames(action, names);
      return within(options, action === 'sync' || action === 'remove' ? 'write' : 'read', (context) => {
        if (action === 'check') return checkServers(context, names);
        if (action === 'sync') return syncServer(context);
        return action === 'remove' ? removeServer(context, names[0] ?? '') : listServers(context);
      });
    });
}

function readAction(value: string): ServerAction {
  const action = actions.find((one) => one === value);
  if (action === undefined) throw new InvalidArgumentError(`Allowed choices are ${actions.join(', ')}.`);
  return action;
}

function checkNames(action: ServerAction, names: readonly string[]): void {
  const isGood = action === 'check' ? names.length > 0 : action === 'remove' ? names.length === 1 : names.length === 0;
  if (isGood) return;
  const wanted = { check: 'models', remove: 'one server', list: 'nothing more', sync: 'nothing more' }[action];
  throw new ModelkeepError('core.invalid-argument', {
    message: `servers ${action} takes ${wanted}`,
    facts: { argument: 'names', found: names },
    hint: 'modelkeep servers --help',
  });
}
