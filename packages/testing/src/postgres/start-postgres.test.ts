import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { startPostgres } from './start-postgres.ts';

test('a server with databases of its own; it is stopped, crashed and started again', async () => {
  await using postgres = await startPostgres();
  const url = await postgres.createDatabase();
  expect(await postgres.createDatabase()).not.toBe(url);
  await postgres.run('create table kept (value int); insert into kept values (7)', url);
  for (const how of ['stop', 'crash'] as const) {
    await postgres.stop(how);
    await expect(postgres.run('select 1', url)).rejects.toThrow('ECONNREFUSED');
    await postgres.start();
    expect(await postgres.run('select value from kept', url)).toEqual([{ value: 7 }]);
  }
});

test('nothing is left when who started it is killed', async () => {
  const program = `
    const { startPostgres } = await import('@modelkeep/testing');
    const { port } = await startPostgres();
    console.log(port);
    setInterval(() => {}, 1_000);
  `;
  const words = ['--conditions=modelkeep-source', '--input-type=module', '-e', program];
  const child = spawn(process.execPath, words, { cwd: import.meta.dirname, stdio: ['ignore', 'pipe', 'inherit'] });
  const { value } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  const port = Number(value);
  expect(await isOpen(port)).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  while (await isOpen(port)) await new Promise((resolve) => setTimeout(resolve, 20));
});

async function isOpen(port: number): Promise<boolean> {
  const socket = createConnection(port, '127.0.0.1');
  const isThere = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  });
  socket.destroy();
  return isThere;
}
