import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createSqliteServers, serversMigrations, type Servers } from '@modelkeep/fleet';
import { createSqlite } from '@modelkeep/sqlite';
import { tempFolder } from '../workspace.test-helper.ts';
import { openWorkspace } from '../workspace/open-workspace.ts';
import type { OpenWorkspaceOptions } from '../workspace/open-workspace-options.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { AnswerBlobsOptions } from './guard-blobs.ts';

/** Several libraries of one fleet. */
export interface FleetScene extends AsyncDisposable {
  readonly store: Servers;
  readonly folder: Awaited<ReturnType<typeof tempFolder>>;
  /** A model file outside of all libraries. */
  readonly file: string;
  /** A library whose files others may fetch. */
  readonly open: (
    serverId: string,
    guard?: AnswerBlobsOptions,
  ) => Promise<Workspace & { readonly origin: string; readonly asked: string[] }>;
}

/** A store of servers and a model file. */
export async function fleetScene(
  content: Uint8Array,
  options: Partial<OpenWorkspaceOptions> = {},
): Promise<FleetScene> {
  const parts = new AsyncDisposableStack();
  const folder = parts.use(await tempFolder());
  const sqlite = parts.use(createSqlite({ size: 2 }));
  const database = await sqlite.open({ path: folder.join('fleet.db'), migrations: [serversMigrations] });
  const store = createSqliteServers({ database });
  const open: FleetScene['open'] = async (serverId, guard) => {
    const fleet = { servers: { serverId, store }, privateOrigins: 'all' } as const;
    const library = parts.use(await openWorkspace({ root: folder.join(serverId), ...fleet, ...options }));
    const asked: string[] = [];
    const answer = library.servers.answerBlobs(guard);
    const web = createServer((request, response) => {
      asked.push(`${request.method} ${request.headers.range ?? ''}`);
      answer(request, response);
    });
    const origin = await listen(web);
    parts.defer(() => web.closeAllConnections());
    parts.defer(() => void web.close());
    // However slow the machine is: nobody says that it is there.
    await store.register({ id: serverId, endpoint: `${origin}/fleet/`, silentAfterMs: 3_600_000 });
    return { ...library, origin, asked };
  };
  const file = folder.join('line.safetensors');
  await writeFile(file, content);
  return { store, folder, file, open, [Symbol.asyncDispose]: () => parts.disposeAsync() };
}

/** Listens on the loopback. @returns the origin */
export async function listen(web: Server): Promise<string> {
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  const address = web.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}
