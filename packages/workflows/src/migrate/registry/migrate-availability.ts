import { isModelkeepError, ModelkeepError, startOperation, type Operation } from '@modelkeep/core';
import type { InventoryItem, Server, Servers } from '@modelkeep/fleet';
import type { LibraryStore } from '@modelkeep/library';
import type { AvailabilityMigration, MigratedServer } from './availability-report.ts';
import { inventoryOfRows, type SeenItem } from './inventory-of-rows.ts';
import { openRegistry, type OpenRegistryContext } from './open-registry.ts';
import type { RegistryProblem } from './registry-report.ts';

/** How the servers of a registry are taken over. */
export interface MigrateAvailabilityOptions {
  /** Only tells what would be done. @default false */
  readonly dryRun?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** @internal What {@link migrateAvailability} works with. */
export interface MigrateAvailabilityContext extends OpenRegistryContext {
  readonly store: LibraryStore;
  readonly servers: Servers;
}

const MOST_PROBLEMS = 1_000;
const HASHES_AT_ONCE = 1_000;

/**
 * @internal Takes over which server has which model. Servers that nobody knows are registered; what a server has told itself since
 * is not changed.
 */
export function migrateAvailability(
  context: MigrateAvailabilityContext,
  path: string,
  { dryRun = false, signal }: MigrateAvailabilityOptions = {},
): Operation<AvailabilityMigration> {
  return startOperation(async (tell) => {
    await using registry = await openRegistry(context, path, signal);
    const problems: RegistryProblem[] = [];
    let problemCount = 0;
    const note = (problem: RegistryProblem): void => {
      problemCount += 1;
      if (problems.length < MOST_PROBLEMS) problems.push(problem);
    };
    for (const reason of registry.problems) note({ row: null, field: null, reason });
    tell({ phase: 'planning', file: registry.path });
    const inventory = await inventoryOfRows(context.store, registry, { note, signal });
    const servers: MigratedServer[] = [];
    for (const [id, items] of [...inventory].toSorted(([one], [other]) => (one < other ? -1 : 1))) {
      signal?.throwIfAborted();
      try {
        servers.push(await takeOver(context.servers, id, { items, dryRun, signal }));
      } catch (error) {
        const isOfServer =
          isModelkeepError(error, 'core.invalid-argument') || isModelkeepError(error, 'fleet.inventory-outdated');
        if (!isOfServer) throw error;
        note({ row: null, field: null, reason: `server ${id.slice(0, 128)}: ${error.message}` });
      }
    }
    tell({ phase: 'done', fraction: 1, file: null, etaMs: 0 });
    return { path: registry.path, dryRun, servers, problems, problemCount };
  });
}

interface TakeOverOptions {
  readonly items: readonly SeenItem[];
  readonly dryRun: boolean;
  readonly signal: AbortSignal | undefined;
}

async function takeOver(
  servers: Servers,
  id: string,
  { items, dryRun, signal }: TakeOverOptions,
): Promise<MigratedServer> {
  checkId(id);
  const known = await findServer(servers, id, signal);
  const present = known === null ? new Set<string>() : await presentOn(servers, id, { items, signal });
  const put = new Map<string, InventoryItem>();
  const count = { unchanged: 0, kept: 0 };
  for (const { item, seenAt } of items) {
    if (present.has(item.sha256)) count.unchanged += 1;
    else if (put.has(item.sha256)) continue;
    else if (isOutdated(known, seenAt)) count.kept += 1;
    else put.set(item.sha256, item);
  }
  const report = { id, isNew: known === null, added: put.size, ...count };
  if (dryRun) return report;
  const server = known ?? (await servers.register({ id }, { signal }));
  // All at once: where a part of it was told, the server would count as having told of itself since.
  const told = { kind: 'delta', base: server.inventory, put: [...put.values()], gone: [] } as const;
  if (put.size > 0) await servers.sync(id, told, { signal });
  return report;
}

/** What is refused is refused before anything is written, and in a dry run too. */
function checkId(id: string): void {
  if (/^[a-z0-9][\w.-]{0,127}$/iu.test(id)) return;
  throw new ModelkeepError('core.invalid-argument', {
    message: 'the id of a server has up to 128 letters, digits, ".", "_" and "-"',
    facts: { argument: 'id', found: id.slice(0, 128) },
  });
}

async function findServer(servers: Servers, id: string, signal: AbortSignal | undefined): Promise<Server | null> {
  try {
    return await servers.get(id, { signal });
  } catch (error) {
    if (isModelkeepError(error, 'fleet.not-found')) return null;
    throw error;
  }
}

async function presentOn(
  servers: Servers,
  id: string,
  { items, signal }: Pick<TakeOverOptions, 'items' | 'signal'>,
): Promise<Set<string>> {
  const hashes = [...new Set(items.map(({ item }) => item.sha256))];
  const present = new Set<string>();
  for (let start = 0; start < hashes.length; start += HASHES_AT_ONCE) {
    for (const holding of await servers.whereIs(hashes.slice(start, start + HASHES_AT_ONCE), { signal }))
      if (holding.serverId === id && holding.state === 'present') present.add(holding.sha256);
  }
  return present;
}

/** A server that has told of its inventory since knows better. */
function isOutdated(server: Server | null, seenAt: string | null): boolean {
  if (server === null || server.syncedAt === null) return false;
  return seenAt === null || Date.parse(seenAt) <= Date.parse(server.syncedAt);
}
