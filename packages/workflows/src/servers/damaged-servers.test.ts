import { open, readdir, stat } from 'node:fs/promises';
import { silentLogger, systemClock } from '@modelkeep/core';
import { serversMigrations } from '@modelkeep/fleet';
import { nodeFileSystem } from '@modelkeep/io';
import { createSqlite, type Sqlite } from '@modelkeep/sqlite';
import { expect, it } from 'vitest';
import { tempFolder } from '../workspace.test-helper.ts';
import { openWorkspace } from '../workspace/open-workspace.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { openOwnServers } from './open-servers.ts';

const IDS = Array.from({ length: 300 }, (_, number) => `server-${number}`);

async function damage(path: string, from: number): Promise<void> {
  const { size } = await stat(path);
  const file = await open(path, 'r+');
  await file.write(Buffer.alloc(size - from, 0xa5), 0, size - from, from);
  await file.close();
}

it.each([
  ['from its first byte', 0],
  ['in its middle, which only a look at it shows', 8_192],
])(
  'a file of servers that is damaged %s is set aside by one of those who meet it',
  async (_, from) => {
    await using folder = await tempFolder();
    const root = folder.join('library');
    {
      await using library = await openWorkspace({ root });
      for (const id of IDS) await library.servers.register({ id });
    }
    const path = folder.join('library', '.modelkeep', 'servers.db');
    await damage(path, from);
    const warned: unknown[] = [];
    const logger = { ...silentLogger, warn: (message: string) => void warned.push(message) };
    await using stack = new AsyncDisposableStack();
    const libraries: Workspace[] = [];
    for (let count = 0; count < 3; count += 1) libraries.push(stack.use(await openWorkspace({ root, logger })));
    const seen: (readonly string[])[] = [];
    const watching = new AbortController();
    const watch = (async () => {
      for await (const { changes } of libraries[0]?.servers.watch({ signal: watching.signal }) ?? []) {
        seen.push(changes.map((change) => ('serverId' in change ? change.serverId : '')));
      }
    })();
    await Promise.all(libraries.map(({ servers }, place) => servers.register({ id: `again-${place}` })));
    for (const { servers } of libraries) {
      expect((await servers.list()).map(({ id }) => id)).toEqual(['again-0', 'again-1', 'again-2']);
    }
    await libraries[1]?.servers.register({ id: 'later' });
    await expect.poll(() => seen.flat()).toContain('later');
    watching.abort();
    await expect(watch).rejects.toThrow();
    expect(warned.filter((message) => String(message).includes('servers'))).toHaveLength(1);
    const names = await readdir(folder.join('library', '.modelkeep'));
    expect(names.filter((name) => /^servers\.db\.corrupt-\w+$/.test(name))).toHaveLength(1);
  },
  60_000,
);

it('a file of servers of an older version is copied before it is changed', async () => {
  await using folder = await tempFolder();
  const root = folder.join('library');
  await (await openWorkspace({ root })).close();
  const path = folder.join('library', '.modelkeep', 'servers.db');
  await using sqlite = createSqlite();
  const { namespace, steps } = serversMigrations;
  await (await sqlite.open({ path, migrations: [{ namespace, steps: steps.slice(0, 1) }] })).close();
  await using library = await openWorkspace({ root });
  await library.servers.register({ id: 'a', labels: { zone: 'eu' } });
  const names = await readdir(folder.join('library', '.modelkeep'));
  expect(names.filter((name) => /^servers\.db\.backup-[\w-]+$/.test(name))).toHaveLength(1);
  // What no server has changed is read once.
  const [first] = await library.servers.list();
  const [second] = await library.servers.list();
  expect(second?.labels).toBe(first?.labels);
});

it('two calls that meet damage at once open the file once more, and closing leaves none open', async () => {
  await using folder = await tempFolder();
  await using sqlite = createSqlite();
  const isOpen = new Set<unknown>();
  const watched: Sqlite = {
    ...sqlite,
    async open(options) {
      const database = await sqlite.open(options);
      isOpen.add(database);
      const close = (): Promise<void> => {
        isOpen.delete(database);
        return database.close();
      };
      return { ...database, close };
    },
  };
  const own = openOwnServers({
    store: { stateFile: folder.join('state.db'), root: folder.path, libraryId: 'a library' },
    sqlite: watched,
    fileSystem: nodeFileSystem,
    clock: systemClock,
    logger: silentLogger,
  });
  const met = await own.open();
  await Promise.all([own.renew(met), own.renew(met)]);
  expect(isOpen.size).toBe(1);
  expect(await own.open()).not.toBe(met);
  await own.close();
  expect(isOpen.size).toBe(0);
});
