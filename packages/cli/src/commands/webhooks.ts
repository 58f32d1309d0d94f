import { ModelkeepError, type NewWebhook, type WebhookRecord } from 'modelkeep';
import type { ExitCode } from '../exit-code.ts';
import { readStdin } from '../arguments/read-stdin.ts';
import { alignColumns } from '../output/model-lines.ts';
import type { CommandContext, CommonOptions } from '../session.ts';

/** @internal */
export interface WebhookOptions extends CommonOptions {
  readonly description?: string;
  readonly event: readonly string[];
}

/** @internal Who is told when jobs end. */
export async function listWebhooks({ library, terminal, signal, json }: CommandContext): Promise<ExitCode> {
  const webhooks = await library.webhooks.list({ signal });
  if (json) terminal.out(JSON.stringify({ webhooks }, null, 2));
  else if (webhooks.length === 0) terminal.err('nobody is told when jobs end: webhooks add https://…');
  else
    terminal.out(
      alignColumns([['ID', 'ORIGIN', 'STATE', 'PENDING', 'DELIVERED', 'LAST FAILURE', 'WHAT'], ...webhooks.map(rowOf)]),
    );
  return 0;
}

function rowOf({ id, origin, state, pending, deliveredAt, failure, description }: WebhookRecord): string[] {
  const failed = failure === null ? '-' : `${failure.status ?? failure.code ?? '?'} ${failure.at}`;
  return [id, origin, state, String(pending), deliveredAt ?? 'never', failed, description ?? '-'];
}

/** @internal The secret is told once. `-`: the address is read from stdin, where other users of the machine do not see it. */
export async function addWebhook(
  context: CommandContext,
  address: string,
  { description, event }: WebhookOptions,
): Promise<ExitCode> {
  const { library, terminal, signal, json } = context;
  const url = address === '-' ? (await readStdin(terminal)).trim() : address;
  // The library refuses what is no event.
  const events = event.length === 0 ? undefined : (event as NewWebhook['events']);
  const added = await library.webhooks.add({ url, description, events }, { signal });
  if (json) terminal.out(JSON.stringify(added, null, 2));
  else {
    terminal.err(`${added.webhook.origin} is told from now on as ${added.webhook.id}; its secret is not shown again:`);
    terminal.out(added.secret);
    const { origin } = added.webhook;
    if (origin.startsWith('http:')) terminal.err(`it takes a grant: modelkeep jobs run --private-origin ${origin}`);
  }
  return 0;
}

/** @internal 1 where there was none. */
export async function removeWebhook(context: CommandContext, id: string | undefined): Promise<ExitCode> {
  const { library, terminal, signal, json } = context;
  if (id === undefined) throw which();
  const removed = await library.webhooks.remove(id, { signal });
  terminal.out(json ? JSON.stringify({ removed }, null, 2) : removed ? 'the webhook is gone' : 'there was none');
  return removed ? 0 : 1;
}

/** @internal */
export function which(): ModelkeepError<'core.invalid-argument'> {
  return new ModelkeepError('core.invalid-argument', {
    message: 'which webhook?',
    facts: { argument: 'what' },
    hint: 'webhooks add <url>, webhooks remove <id>',
  });
}
