/**
 * A far and narrow network: a TCP proxy that gives each connection a round-trip time and a rate of its own. Written as a
 * program because `tc netem` needs root. It knows no loss and no slow start, which would both favour several connections.
 */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { firstMessage } from './first-message.ts';

interface Input {
  readonly targetPort: number;
  readonly latencyMs: number;
  readonly bytesPerSecond: number;
  /** How many ports lead there, each an origin of its own. */
  readonly origins: number;
}

const { targetPort, latencyMs, bytesPerSecond, origins } = (await firstMessage()) as Input;
const mostQueuedBytes = 262_144 + (bytesPerSecond * latencyMs) / 1_000;

/** Passes on what comes from one side at a rate, and half a round trip later. */
function pass(from: Socket, to: Socket, rate: { readonly bytesPerMs: number; readonly openMs: number }): void {
  const queue: { readonly chunk: Buffer; readonly dueMs: number }[] = [];
  let queuedBytes = 0;
  let freeMs = rate.openMs;
  let timer: NodeJS.Timeout | undefined;
  let ended = false;

  const release = (): void => {
    timer = undefined;
    for (let [next] = queue; next !== undefined && next.dueMs <= performance.now(); [next] = queue) {
      queue.shift();
      queuedBytes -= next.chunk.byteLength;
      if (!to.write(next.chunk)) {
        to.once('drain', plan);
        return;
      }
    }
    if (queuedBytes < mostQueuedBytes) from.resume();
    plan();
  };
  const plan = (): void => {
    const [next] = queue;
    if (next !== undefined) timer ??= setTimeout(release, Math.max(1, next.dueMs - performance.now()));
    else if (ended) to.end();
  };
  from.on('data', (chunk) => {
    freeMs = Math.max(freeMs, performance.now()) + chunk.byteLength / rate.bytesPerMs;
    queue.push({ chunk, dueMs: freeMs + latencyMs / 2 });
    queuedBytes += chunk.byteLength;
    if (queuedBytes >= mostQueuedBytes) from.pause();
    if (to.writableNeedDrain) return;
    plan();
  });
  from.on('end', () => {
    ended = true;
    if (!to.writableNeedDrain) plan();
  });
  from.on('error', () => to.destroy());
  from.on('close', () => {
    if (!ended) to.destroy();
  });
}

const servers = Array.from({ length: origins }, () =>
  createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const upstream = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    // Loopback connects at once; over a network it would have taken a round trip until the first byte can be sent.
    pass(client, upstream, { bytesPerMs: Number.POSITIVE_INFINITY, openMs: performance.now() + latencyMs });
    pass(upstream, client, { bytesPerMs: bytesPerSecond / 1_000, openMs: 0 });
  }),
);
const urls = await Promise.all(
  servers.map(
    (server) =>
      new Promise<string>((resolve) => {
        server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
      }),
  ),
);
process.send?.({ urls });
process.on('disconnect', () => process.exit());
