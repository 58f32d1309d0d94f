import { ModelkeepError } from '@modelkeep/core';
import { describe, expect, it } from 'vitest';
import { createTestClock } from '../fixtures/test-clock.ts';
import { until } from '../fixtures/test-server.ts';
import { createConnectivityMonitor, type ConnectivityMonitorOptions } from './connectivity-monitor.ts';
import { createNearness } from './nearness.ts';
import { outsideAddresses } from './network-up.ts';

const hub = new URL('https://hub.example/api?token=canary');
const near = new URL('http://127.0.0.1:8080/');

const offline = (systemCode: string): ModelkeepError =>
  new ModelkeepError('network.offline', { message: 'x', facts: { url: 'https://hub.example/', systemCode } });
const refused = new ModelkeepError('network.connection', {
  message: 'x',
  facts: { url: 'https://hub.example/', systemCode: 'ECONNREFUSED' },
});

const setup = (addresses: string[], options: Partial<ConnectivityMonitorOptions> = {}) => {
  const clock = createTestClock();
  const monitor = createConnectivityMonitor({
    clock,
    isNear: createNearness([]),
    probe: () => Promise.reject(offline('EAI_AGAIN')),
    listAddresses: () => addresses,
    ...options,
  });
  return { clock, monitor };
};

describe('what means offline', () => {
  it.each([
    ['EAI_AGAIN', ['192.0.2.1'], 'offline'],
    ['ENETUNREACH', ['192.0.2.1'], 'offline'],
    ['ENETDOWN', ['192.0.2.1'], 'offline'],
    ['ENOTFOUND', ['192.0.2.1'], 'online'],
    ['EHOSTUNREACH', ['192.0.2.1'], 'online'],
    ['OFFLINE', ['192.0.2.1'], 'online'],
    ['ENOTFOUND', [], 'offline'],
    ['EHOSTUNREACH', [], 'offline'],
    ['OFFLINE', [], 'online'],
  ])('%s with the addresses %j: %s', (systemCode, addresses, expected) => {
    const { monitor } = setup(addresses);
    monitor.failed(hub, offline(systemCode));
    expect(monitor.current.current).toBe(expected);
    monitor.close();
  });

  it('nothing, while another host answers', () => {
    const { monitor, clock } = setup(['192.0.2.1']);
    monitor.answered(new URL('https://other.example/'));
    clock.advance(4_999);
    monitor.failed(hub, offline('EAI_AGAIN'));
    expect(monitor.current.current).toBe('online');
    clock.advance(1);
    monitor.failed(hub, offline('EAI_AGAIN'));
    expect(monitor.current.current).toBe('offline');
    monitor.close();
  });

  it('nothing that this machine or one beside it says', () => {
    const { monitor } = setup([]);
    monitor.failed(near, offline('EHOSTUNREACH'));
    expect(monitor.current.current).toBe('online');
    monitor.failed(hub, offline('ENOTFOUND'));
    monitor.answered(near);
    expect(monitor.current.current).toBe('offline');
    monitor.close();
  });

  it('no timeout, no abort', () => {
    const { monitor } = setup([]);
    monitor.failed(
      hub,
      new ModelkeepError('network.timeout', { message: 'x', facts: { url: 'x', phase: 'connect', timeoutMs: 1 } }),
    );
    monitor.failed(hub, 'aborted');
    expect(monitor.current.current).toBe('online');
  });
});

describe('while offline', () => {
  it('requests fail fast, one every three seconds goes through, and those nearby always', () => {
    const { monitor, clock } = setup(['192.0.2.1']);
    monitor.failed(hub, offline('EAI_AGAIN'));
    expect(() => monitor.enter(hub)).toThrow(/https:\/\/hub\.example\/api\?… is not asked: .*offline \(EAI_AGAIN\)/);
    expect(() => monitor.enter(near)).not.toThrow();
    clock.advance(3_000);
    expect(() => monitor.enter(hub)).not.toThrow();
    expect(() => monitor.enter(hub)).toThrow(/offline/);
    monitor.failed(hub, offline('EAI_AGAIN'));
    expect(() => monitor.enter(hub)).toThrow(/offline/);
    clock.advance(3_000);
    monitor.enter(hub);
    monitor.answered(hub);
    expect(monitor.current.current).toBe('online');
    expect(() => monitor.enter(hub)).not.toThrow();
    monitor.close();
  });

  it('another server is asked every three seconds, however often the one that failed is', () => {
    const { monitor, clock } = setup(['192.0.2.1']);
    const other = new URL('https://other.example/');
    monitor.failed(hub, offline('EAI_AGAIN'));
    expect(() => monitor.enter(other)).toThrow(/offline/);
    clock.advance(3_000);
    for (let round = 0; round < 2; round += 1) {
      expect(() => monitor.enter(hub)).not.toThrow();
      monitor.failed(hub, offline('EAI_AGAIN'));
      expect(() => monitor.enter(other)).not.toThrow();
      expect(() => monitor.enter(other)).toThrow(/offline/);
      clock.advance(3_000);
    }
    monitor.enter(other);
    monitor.answered(other);
    expect(monitor.current.current).toBe('online');
    monitor.close();
  });

  it('a change of the addresses lets the next request through', () => {
    const addresses: string[] = [];
    const { monitor } = setup(addresses);
    monitor.failed(hub, offline('ENOTFOUND'));
    expect(() => monitor.enter(hub)).toThrow(/offline/);
    addresses.push('192.0.2.1');
    expect(() => monitor.enter(hub)).not.toThrow();
    expect(() => monitor.enter(hub)).toThrow(/offline/);
    monitor.close();
  });

  it('a server that refuses shows that there is a network', () => {
    const { monitor } = setup(['192.0.2.1']);
    monitor.failed(hub, offline('EAI_AGAIN'));
    monitor.failed(hub, refused);
    expect(monitor.current.current).toBe('online');
    monitor.close();
  });

  it('it finds out by itself that the network is back', async () => {
    const addresses: string[] = [];
    const asked: string[] = [];
    const answers = [offline('EAI_AGAIN'), undefined];
    const seen: string[] = [];
    const { monitor } = setup(addresses, {
      probeEveryMs: 5,
      clock: { now: Date.now, monotonicMs: () => performance.now(), sleep: () => Promise.reject(new Error('unused')) },
      async probe(origin) {
        asked.push(origin);
        const error = answers.shift();
        if (error !== undefined) throw error;
      },
    });
    monitor.current.subscribe((state) => seen.push(state));
    monitor.failed(hub, offline('ENOTFOUND'));
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(asked).toEqual([]);
    addresses.push('192.0.2.1');
    await until(() => monitor.current.current === 'online');
    expect(asked).toEqual(['https://hub.example', 'https://hub.example']);
    expect(seen).toEqual(['offline', 'online']);
    monitor.close();
  });

  it('nothing goes on after it is closed', async () => {
    let probes = 0;
    const { monitor } = setup(['192.0.2.1'], {
      probeEveryMs: 2,
      clock: { now: Date.now, monotonicMs: () => performance.now(), sleep: () => Promise.reject(new Error('unused')) },
      async probe() {
        probes += 1;
        throw refused;
      },
    });
    monitor.failed(hub, offline('EAI_AGAIN'));
    monitor.close();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(probes).toBe(0);
  });
});

it('lists no loopback and no link-local address', () => {
  for (const address of outsideAddresses()) {
    expect(address).not.toMatch(/^(?:127\.|::1$|fe80:|169\.254\.)/);
  }
});

describe('createNearness', () => {
  it.each([
    ['http://127.0.0.1:1/', true],
    ['http://[::1]/', true],
    ['http://localhost/', true],
    ['http://192.168.1.5:8080/', true],
    ['http://nas.lan.example:8080/x', true],
    ['http://nas.lan.example/', false],
    ['https://huggingface.co/', false],
  ])('%s: %s', (url, expected) => {
    expect(createNearness(['http://nas.lan.example:8080', 'nonsense'])(new URL(url))).toBe(expected);
    expect(createNearness('all')(new URL('https://huggingface.co/'))).toBe(false);
  });
});
