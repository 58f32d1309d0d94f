import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createMetrics, type Logger, type Metrics } from '@modelkeep/core';
import { createHttpClient } from '@modelkeep/network';
import { buildFluxLora, startHub } from '@modelkeep/testing';
import { expect, it } from 'vitest';
import { startReceiver } from '../webhooks/receiver.test-helper.ts';
import { tempFolder } from '../workspace.test-helper.ts';
import { openWorkspace } from '../workspace/open-workspace.ts';
import { quietMetrics } from './quiet-metrics.ts';
import { tellCircuits } from './tell-circuits.ts';

it('tells jobs that are not over, bytes that were downloaded, and receivers that were told', async () => {
  await using folder = await tempFolder();
  const lora = buildFluxLora({ scale: 0.02 });
  await using hub = await startHub({ repos: [{ id: 'acme/lora', files: [{ path: 'a.safetensors', content: lora }] }] });
  await using receiver = await startReceiver();
  const metrics = createMetrics();
  const options = { root: folder.join('library'), hub: { endpoint: hub.hubUrl }, privateOrigins: [receiver.origin] };
  await using library = await openWorkspace({ ...options, metrics });
  const told = async (line: string): Promise<void> =>
    expect.poll(() => metrics.renderPrometheus().split('\n'), { timeout: 15_000 }).toContain(line);
  await told('modelkeep_circuits{endpoint_class="api",state="open"} 0');
  await library.webhooks.add({ url: receiver.origin });
  // What another process submits counts as well.
  await using other = await openWorkspace(options);
  await other.jobs.submit('download', { reference: 'hf:acme/lora' });
  await other.jobs.submit('verify', {}, { runAtMs: 4_000_000_000_000 });
  await told('modelkeep_queue_jobs{state="pending",type="download"} 1');
  await library.jobs.run({ untilIdle: true });
  await told('modelkeep_queue_jobs{state="pending",type="download"} 0');
  await told('modelkeep_queue_jobs{state="pending",type="verify"} 1');
  await told(`modelkeep_downloaded_bytes_total ${lora.byteLength}`);
  await told('modelkeep_webhook_deliveries_total{outcome="delivered"} 1');
  expect(metrics.renderPrometheus()).not.toMatch(/acme|127\.0\.0\.1/u);
});

it('tells of bytes that came before a download failed', async () => {
  await using folder = await tempFolder();
  const content = buildFluxLora({ scale: 0.02 });
  const sha256 = 'a'.repeat(64);
  await using hub = await startHub({
    repos: [{ id: 'acme/bad', files: [{ path: 'a.safetensors', content, storage: 'lfs', sha256 }] }],
  });
  const metrics = createMetrics();
  await using library = await openWorkspace({ root: folder.join('library'), hub: { endpoint: hub.hubUrl }, metrics });
  const plan = await library.planDownload('hf:acme/bad');
  await expect(library.download(plan).result).rejects.toMatchObject({ code: 'transfer.integrity' });
  const [, bytes = '0'] = /^modelkeep_downloaded_bytes_total (\d+)$/mu.exec(metrics.renderPrometheus()) ?? [];
  expect(Number(bytes)).toBeGreaterThanOrEqual(content.byteLength);
});

it('tells how many servers are left alone', async () => {
  const server = createServer((_request, response) => response.writeHead(500).end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const metrics = createMetrics();
  await using http = createHttpClient({ privateOrigins: [url] });
  const stop = tellCircuits(metrics, http.circuits);
  for (let number = 0; number < 10; number += 1) {
    for await (const _ of (await http.request({ url, retry: false })).body);
  }
  await expect
    .poll(() => metrics.renderPrometheus())
    .toContain('modelkeep_circuits{endpoint_class="api",state="open"} 1\n');
  expect(metrics.renderPrometheus()).toContain('modelkeep_circuits{endpoint_class="cdn",state="open"} 0\n');
  stop();
  server.closeAllConnections();
  server.close();
});

it('metrics that throw harm nobody, and are logged', () => {
  const warned: unknown[] = [];
  const logger: Logger = { debug() {}, info() {}, warn: (message) => void warned.push(message), error() {} };
  const broken = (): void => {
    throw new Error('no');
  };
  const metrics: Metrics = quietMetrics({ count: broken, set: broken, observe: broken }, logger);
  metrics.count({ name: 'a', help: '' }, {}, 1);
  metrics.set({ name: 'a', help: '' }, {}, 1);
  metrics.observe({ name: 'a', help: '' }, {}, 1);
  expect(warned).toHaveLength(3);
});
