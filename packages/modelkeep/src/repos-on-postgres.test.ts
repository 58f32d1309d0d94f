import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { buildFluxLora, startHub, startPostgres } from '@modelkeep/testing';
import { expect, it } from 'vitest';
import { openLibrary } from './open-library.ts';

it('repos, their artifacts and webhooks work with a database that machines share', { timeout: 120_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'modelkeep-database-'));
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      bodies.push(body);
      response.writeHead(204).end();
      return body;
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    await using postgres = await startPostgres();
    const files = [
      { path: 'a.safetensors', content: buildFluxLora({ scale: 0.02 }) },
      { path: 'config.json', content: Buffer.from('{}') },
    ];
    await using hub = await startHub({ repos: [{ id: 'acme/lora', files }] });
    const database = { url: await postgres.createDatabase() };
    const hubOptions = { endpoint: hub.hubUrl, token: null };
    const options = {
      root: join(folder, 'library'),
      environment: {},
      database,
      hub: hubOptions,
      privateOrigins: [url],
    };
    await using library = await openLibrary(options);
    const { jobs, repos, webhooks } = library;
    await webhooks.add({ url });
    const { id } = await jobs.submit('sync', { reference: 'hf:acme/lora' });
    await jobs.run({ untilIdle: true });
    expect(bodies.map((body) => JSON.parse(body) as unknown)).toMatchObject([{ type: 'job.completed', data: { id } }]);
    const [weights, config] = await repos.artifacts();
    expect([weights?.status, config?.status]).toEqual(['pending', 'completed']);
    const { models } = await repos.download([weights?.id ?? '']).result;
    expect(models).toHaveLength(1);
    expect(await repos.artifacts({ status: 'completed' })).toHaveLength(2);
    expect(await repos.list()).toMatchObject([{ status: 'synced', repo: 'acme/lora' }]);
    await jobs.run({ untilIdle: true });
    expect(bodies).toHaveLength(1);
    await using other = await openLibrary({ ...options, root: join(folder, 'other') });
    expect(await other.repos.list()).toEqual([]);
  } finally {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
});
