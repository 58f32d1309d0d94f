import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { Webhook } from 'standardwebhooks';
import { expect, it } from 'vitest';
import { startReceiver } from './receiver.test-helper.ts';
import { bodiesOf, idsOf, scene } from './webhooks.test-helper.ts';

const HOUR = 3_600_000;

it('tells how jobs ended, signed as the reference library verifies it', async () => {
  await using it = await scene();
  await using library = await it.open();
  const before = await library.jobs.submit('verify', {});
  await library.jobs.run({ untilIdle: true });
  const { webhook, secret } = await library.webhooks.add({
    url: `${it.receiver.origin}/hook?key=c4n4ry`,
    description: 'mine',
  });
  expect(webhook).toMatchObject({
    origin: it.receiver.origin,
    description: 'mine',
    state: 'on',
    pending: 0,
    failure: null,
  });
  const { id: completed } = await library.jobs.submit('hash', {});
  const { id: failed } = await library.jobs.submit('scan', { roots: ['/none/at/all'] }, { maxAttempts: 1 });
  await library.jobs.run({ untilIdle: true });

  expect(it.receiver.received).toHaveLength(2);
  for (const { headers, body } of it.receiver.received) {
    expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toEqual(JSON.parse(body));
    expect(() => new Webhook(secret).verify(`${body} `, headers as Record<string, string>)).toThrow('signature');
    expect(headers['authorization']).toBeUndefined();
  }
  const job = await library.jobs.get(completed);
  expect(bodiesOf(it.receiver)).toContainEqual({
    type: 'job.completed',
    timestamp: job.endedAt,
    data: {
      libraryId: library.shared?.libraryId,
      id: completed,
      type: 'hash',
      state: 'completed',
      payload: {},
      attempts: 1,
      result: {},
      error: null,
      createdAt: job.createdAt,
      startedAt: job.startedAt,
      endedAt: job.endedAt,
    },
  });
  expect(bodiesOf(it.receiver)).toContainEqual(
    expect.objectContaining({
      type: 'job.failed',
      data: expect.objectContaining({
        id: failed,
        error: expect.objectContaining({ code: 'io.not-found' }) as unknown,
      }) as unknown,
    }),
  );
  expect(JSON.stringify(bodiesOf(it.receiver))).not.toContain(before.id);
  expect(await library.webhooks.list()).toMatchObject([
    { id: webhook.id, pending: 0, deliveredAt: expect.any(String) as string },
  ]);
  await library.jobs.run({ untilIdle: true });
  expect(it.receiver.received).toHaveLength(2);

  // Neither the secret nor the address is anywhere but with the secrets.
  const shown = JSON.stringify([await library.webhooks.list(), it.logged]);
  const entries = await readdir(it.root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !entry.parentPath.includes('secrets'));
  const texts = await Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'latin1')));
  for (const text of [shown, ...texts]) {
    expect(text).not.toContain(secret.slice(6));
    expect(text).not.toContain('c4n4ry');
  }
  expect(await library.webhooks.remove(webhook.id)).toBe(true);
  expect(await library.webhooks.remove(webhook.id)).toBe(false);
  expect(await readdir(`${it.root}/.modelkeep/secrets`)).toEqual([]);
});

it('tries again, later each time and under the same id, and gives up after ten times', async () => {
  await using it = await scene();
  await using library = await it.open();
  const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
  await library.webhooks.add({ url: it.receiver.origin, secret, events: ['job.completed'] });
  it.receiver.answer(500);
  await library.jobs.submit('verify', {});
  await library.jobs.run({ untilIdle: true });
  await library.jobs.run({ untilIdle: true });
  expect(it.receiver.received).toHaveLength(1);
  expect(await library.webhooks.list()).toMatchObject([
    { pending: 1, failure: { status: 500, code: null }, deliveredAt: null },
  ]);
  for (let attempt = 2; attempt <= 10; attempt += 1) {
    it.pass(27 * HOUR);
    await library.jobs.run({ untilIdle: true });
    expect(it.receiver.received).toHaveLength(attempt);
  }
  expect(new Set(idsOf(it.receiver)).size).toBe(1);
  const [first, , last] = [it.receiver.received[0], null, it.receiver.received[9]];
  expect(last?.body).toBe(first?.body);
  expect(Number(last?.headers['webhook-timestamp'])).toBeGreaterThan(Number(first?.headers['webhook-timestamp']));
  const sent = new Date(Number(last?.headers['webhook-timestamp']) * 1_000);
  expect(new Webhook(secret).sign(String(idsOf(it.receiver)[0]), sent, last?.body ?? '')).toBe(
    last?.headers['webhook-signature'],
  );
  it.pass(100 * HOUR);
  await library.jobs.run({ untilIdle: true });
  expect(it.receiver.received).toHaveLength(10);
  expect(await library.webhooks.list()).toMatchObject([{ state: 'on', pending: 0, givenUp: 1 }]);

  it.receiver.answer(200);
  await library.jobs.submit('verify', {});
  await library.jobs.run({ untilIdle: true });
  expect(await library.webhooks.list()).toMatchObject([{ failure: null, deliveredAt: expect.any(String) as string }]);
});

it('a receiver that answers 410 is told nothing any more', async () => {
  await using it = await scene();
  await using library = await it.open();
  await library.webhooks.add({ url: it.receiver.origin });
  it.receiver.answer(410);
  await library.jobs.submit('verify', {});
  await library.jobs.submit('hash', {});
  await library.jobs.run({ untilIdle: true });
  it.pass(50 * HOUR);
  await library.jobs.submit('verify', {});
  await library.jobs.run({ untilIdle: true });
  expect(it.receiver.received).toHaveLength(1);
  expect(await library.webhooks.list()).toMatchObject([{ state: 'gone', pending: 0, failure: { status: 410 } }]);
});

it('follows no redirect, and goes to no private address that was not granted', async () => {
  await using it = await scene();
  await using inner = await startReceiver();
  await using library = await it.open();
  await library.webhooks.add({ url: it.receiver.origin });
  it.receiver.answer((response) => response.writeHead(307, { location: `${inner.origin}/metadata` }).end());
  await library.jobs.submit('verify', {});
  await library.jobs.run({ untilIdle: true });
  expect([it.receiver.received.length, inner.received.length]).toEqual([1, 0]);
  expect(await library.webhooks.list()).toMatchObject([{ pending: 1, failure: { status: 307 } }]);

  for (const url of [
    inner.origin,
    'http://files.example/hook',
    'ftp://files.example',
    'https://me:pw@files.example/',
    '',
  ]) {
    await expect(library.webhooks.add({ url })).rejects.toMatchObject({ code: 'core.invalid-argument' });
  }
  await library.webhooks.add({ url: `${inner.origin.replace('http:', 'https:')}/hook` });
  await library.jobs.submit('hash', {});
  await library.jobs.run({ untilIdle: true });
  expect(inner.received).toEqual([]);
  expect((await library.webhooks.list())[1]).toMatchObject({
    pending: 1,
    failure: { status: null, code: 'network.blocked' },
  });
  for (const bad of [
    { secret: 'whsec_c2hvcnQ=' },
    { secret: 'S3cr3t' },
    { events: [] },
    { events: ['job.started'] },
    { description: 'x'.repeat(201) },
  ]) {
    await expect(library.webhooks.add({ url: it.receiver.origin, ...bad } as never)).rejects.toMatchObject({
      code: 'core.invalid-argument',
    });
  }
});

it('a receiver that is slow holds up no other one, and one that is away is tried again', async () => {
  await using it = await scene();
  await using slow = await startReceiver();
  const away = await startReceiver();
  await using library = await it.open({ privateOrigins: 'all', runJobs: true });
  slow.answer(() => {});
  await away[Symbol.asyncDispose]();
  for (const { origin } of [slow, away, it.receiver]) await library.webhooks.add({ url: origin });
  for (let number = 0; number < 3; number += 1) {
    await library.jobs.submit('verify', {});
    await expect.poll(() => it.receiver.received.length, { timeout: 15_000 }).toBe(number + 1);
  }
  await expect.poll(() => slow.received.length, { timeout: 15_000 }).toBe(1);
  // What a receiver has answered is not yet noted when it does.
  const left = async (): Promise<unknown> =>
    (await library.webhooks.list()).map(({ pending, failure }) => [pending, failure?.code]);
  await expect.poll(left, { timeout: 15_000 }).toEqual([
    [3, undefined],
    [3, 'network.connection'],
    [0, undefined],
  ]);
});

it('a library that makes no request tells nobody, and loses nothing', async () => {
  await using it = await scene();
  {
    await using offline = await it.open({ hub: { offline: true } });
    await offline.webhooks.add({ url: it.receiver.origin });
    await offline.jobs.submit('verify', {});
    await offline.jobs.run({ untilIdle: true });
    expect(it.receiver.received).toEqual([]);
  }
  await using library = await it.open();
  await library.jobs.run({ untilIdle: true });
  expect(it.receiver.received).toHaveLength(1);
});

it('a process that is killed while it tells loses nothing, and the next one tells it under the same id', async () => {
  await using it = await scene();
  {
    await using library = await it.open();
    await library.webhooks.add({ url: it.receiver.origin });
    await library.jobs.submit('verify', {});
  }
  it.receiver.answer(() => {}, 204);
  const program = fileURLToPath(new URL('./webhooks.test-child.ts', import.meta.url));
  const args = ['--conditions=modelkeep-source', program, it.root, it.receiver.origin];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = once(child, 'exit');
  await expect.poll(() => it.receiver.received.length, { timeout: 30_000 }).toBe(1);
  // Another process does not tell it meanwhile.
  await using library = await it.open({ runJobs: true });
  await library.jobs.submit('hash', {});
  await expect
    .poll(async () => (await library.jobs.counts()).find(({ type }) => type === 'hash')?.state, { timeout: 15_000 })
    .toBe('completed');
  expect(it.receiver.received).toHaveLength(1);
  child.kill('SIGKILL');
  await ended;
  await expect.poll(() => it.receiver.received.length, { timeout: 30_000 }).toBe(3);
  expect(idsOf(it.receiver)[1]).toBe(idsOf(it.receiver)[0]);
  expect(it.receiver.received[1]?.body).toBe(it.receiver.received[0]?.body);
  expect(new Set(idsOf(it.receiver)).size).toBe(2);
}, 120_000);

it('what happened while nobody told anything is told, also where the changes are not kept any more', async () => {
  await using it = await scene();
  await using library = await it.open({ hub: { offline: true } });
  await library.webhooks.add({ url: it.receiver.origin });
  const { id } = await library.jobs.submit('verify', {});
  await library.jobs.run({ untilIdle: true });
  // As after more changes than are kept.
  const database = new DatabaseSync(join(it.root, '.modelkeep/state.db'));
  database.exec('delete from jobs_changes');
  database.close();
  await library.jobs.submit('hash', {}, { runAtMs: 4_000_000_000_000 });
  await using other = await it.open();
  await other.jobs.run({ untilIdle: true });
  expect(bodiesOf(it.receiver)).toMatchObject([{ type: 'job.completed', data: { id } }]);
});

it('a damaged row is told of and told nothing, and the others are told all the same', async () => {
  await using it = await scene();
  await using library = await it.open();
  const { webhook: bad } = await library.webhooks.add({ url: `${it.receiver.origin}/bad` });
  for (const path of ['strange', 'good']) await library.webhooks.add({ url: `${it.receiver.origin}/${path}` });
  const database = new DatabaseSync(join(it.root, '.modelkeep/state.db'));
  database.exec(
    `update webhooks_list set events = '["job.comp', added_at_ms = 9223372036854775807 where id = '${bad.id}'`,
  );
  // A cursor of another engine, and what nobody needs to read.
  database.exec(`update webhooks_list set cursor = 'pg:1', failure = '{' where seen_at_ms =
    (select min(seen_at_ms) from webhooks_list where id <> '${bad.id}')`);
  database.close();
  const { id } = await library.jobs.submit('verify', {});
  await library.jobs.run({ untilIdle: true });
  await library.jobs.run({ untilIdle: true });
  expect(bodiesOf(it.receiver)).toMatchObject([{ data: { id } }, { data: { id } }]);
  expect(await library.webhooks.list()).toHaveLength(3);
  expect((await library.webhooks.list()).find((one) => one.id === bad.id)).toMatchObject({ state: 'damaged' });
  expect(it.logged.filter((line) => line.includes('damaged') && line.includes(bad.id)).length).toBeGreaterThan(0);
  expect(await library.webhooks.remove(bad.id)).toBe(true);
});
