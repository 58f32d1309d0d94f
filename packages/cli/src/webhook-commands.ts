import { InvalidArgumentError } from 'commander';
import { collect } from './arguments/collect.ts';
import { addWebhook, listWebhooks, removeWebhook, which, type WebhookOptions } from './commands/webhooks.ts';
import type { CommandGroup } from './run-within.ts';

const actions = ['list', 'add', 'remove'] as const;
type WebhookAction = (typeof actions)[number];

/** @internal Who is told when jobs end. */
export function addWebhookCommands({ command, within }: CommandGroup): void {
  command('webhooks', 'who is told when jobs end: list, add <url>, remove <id>')
    .argument('[action]', actions.join(', '), readAction, 'list')
    .argument('[what]', 'with add: an https address, or - to read it from stdin; with remove: an id')
    .option('--event <event>', 'only job.completed or job.failed (may be repeated)', collect, [])
    .option('--description <text>', 'what it is')
    .action((action: WebhookAction, what: string | undefined, options: WebhookOptions) => {
      const typedUrls = action === 'add' && what !== undefined ? [what] : [];
      return within({ ...options, typedUrls }, action === 'add' ? 'create' : 'write', (context) => {
        if (action === 'list') return listWebhooks(context);
        if (action === 'remove') return removeWebhook(context, what);
        if (what === undefined) throw which();
        return addWebhook(context, what, options);
      });
    });
}

function readAction(value: string): WebhookAction {
  const action = actions.find((one) => one === value);
  if (action === undefined) throw new InvalidArgumentError(`Allowed choices are ${actions.join(', ')}.`);
  return action;
}
