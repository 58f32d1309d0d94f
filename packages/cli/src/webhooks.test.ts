import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ExitCode } from './exit-code.ts';
import { main } from './main.ts';

let folder: string;

async function run(args: readonly string[], stdin = ''): Promise<{ exitCode: ExitCode; out: string; err: string }> {
  const shown = { out: '', err: '' };
  async function* piped(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(stdin);
  }
  const terminal = {
    out: (text: string): void => void (shown.out += `${text}\n`),
    err: (text: string): void => void (shown.err += `${text}\n`),
    progressStream: null,
    stdin: piped(),
  };
  return { exitCode: await main([...args, '--root', join(folder, 'library')], terminal), ...shown };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modelkeep-cli-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('adds a receiver, tells it when a job ends, and takes it away', async () => {
  const received: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    received.push(request.headers);
    request.resume().on('end', () => response.writeHead(204).end());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const added = await run(['webhooks', 'add', `${origin}/c4n4ry`, '--description', 'mine']);
    expect(added).toMatchObject({ exitCode: 0, out: expect.stringMatching(/^whsec_\S{44}\n$/u) as string });
    expect(added.err).toContain(`it takes a grant: modelkeep jobs run --private-origin ${origin}\n`);
    await run(['jobs', 'submit', 'verify']);
    await run(['jobs', 'run', '--until-idle', '--private-origin', origin]);
    expect(received).toMatchObject([{ 'webhook-signature': expect.stringMatching(/^v1,/u) as string }]);
    const listed = await run(['webhooks']);
    expect(listed.out).toMatch(new RegExp(`${origin} +on +0 +\\S+Z +- +mine`, 'u'));
    const { webhooks } = JSON.parse((await run(['webhooks', '--json'])).out) as { webhooks: { id: string }[] };
    expect(JSON.stringify([webhooks, listed])).not.toMatch(/c4n4ry|whsec/u);
    expect((await run(['webhooks', 'remove', webhooks[0]?.id ?? ''])).exitCode).toBe(0);
    expect((await run(['webhooks', 'remove', webhooks[0]?.id ?? ''])).exitCode).toBe(1);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

it('reads an address from stdin, and says what is wrong', async () => {
  const { out } = await run(['webhooks', 'add', '-', '--event', 'job.failed', '--json'], 'https://app.example/hook\n');
  expect(JSON.parse(out)).toMatchObject({ webhook: { origin: 'https://app.example', events: ['job.failed'] } });
  for (const args of [
    ['add'],
    ['remove'],
    ['tell'],
    ['add', 'app.example'],
    ['add', 'https://a.example', '--event', 'x'],
  ]) {
    expect((await run(['webhooks', ...args])).exitCode, args.join(' ')).toBe(2);
  }
});
