import { pickServer, type RankedServer, type Server } from 'modelkeep';
import type { ExitCode } from '../exit-code.ts';
import { formatBytes } from '../output/format-bytes.ts';
import { alignColumns } from '../output/model-lines.ts';
import type { CommandContext } from '../session.ts';

/** @internal The servers that are known, the silent ones too. */
export async function listServers({ library, terminal, signal, json }: CommandContext): Promise<ExitCode> {
  const servers = await library.servers.list({ signal });
  if (json) terminal.out(JSON.stringify({ servers }, null, 2));
  else if (servers.length === 0) terminal.err('no server is registered: servers sync registers this library');
  else terminal.out(alignColumns([['ID', 'NAME', 'STATE', 'LOAD', 'FETCHES', 'SEEN'], ...servers.map(rowOf)]));
  return 0;
}

function rowOf({ id, name, silent, load, measuredBytesPerSecond, capacity, seenAt }: Server): string[] {
  const rate = measuredBytesPerSecond ?? capacity.bytesPerSecond;
  return [
    id,
    name,
    silent ? 'silent' : 'there',
    `${load.running}+${load.queued}`,
    rate === null ? '-' : `${formatBytes(rate)}/s`,
    seenAt,
  ];
}

/** @internal Tells the others what this library has. */
export async function syncServer({ library, terminal, signal, json }: CommandContext): Promise<ExitCode> {
  const report = await library.servers.syncInventory({ signal });
  const { items, appeared, updated, vanished } = report;
  terminal.out(
    json
      ? JSON.stringify({ serverId: library.servers.ownId, ...report }, null, 2)
      : `${library.servers.ownId} has ${items} files: ${appeared} new, ${updated} changed, ${vanished} gone`,
  );
  return 0;
}

/** @internal Where models are, and where they could be brought. 1 where no server has all of them. */
export async function checkServers(context: CommandContext, models: readonly string[]): Promise<ExitCode> {
  const { library, terminal, signal, json } = context;
  const answer = await library.servers.checkRequirements({ models, signal });
  const { picked, ranked } = await pickServer(answer);
  if (json) terminal.out(JSON.stringify({ models: answer.models, servers: ranked }, null, 2));
  else {
    for (const { model, contents } of answer.models) if (contents.length === 0) terminal.err(`nobody knows ${model}`);
    for (const server of ranked) terminal.out(lineOf(server));
  }
  return picked?.ready === true ? 0 : 1;
}

function lineOf({ server, ready, because }: RankedServer): string {
  return `${ready ? 'ready' : '-    '}  ${server.id}  ${because.join('; ')}`;
}

/** @internal Forgets a server. */
export async function removeServer(context: CommandContext, id: string): Promise<ExitCode> {
  const { library, terminal, signal, json } = context;
  const removed = await library.servers.remove(id, { signal });
  terminal.out(json ? JSON.stringify({ removed }, null, 2) : removed ? `${id} is forgotten` : `${id} was not there`);
  return removed ? 0 : 1;
}
