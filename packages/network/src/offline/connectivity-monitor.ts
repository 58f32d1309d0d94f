import {
  createLatestValue,
  isModelkeepError,
  ModelkeepError,
  redactUrl,
  type Clock,
  type LatestValue,
} from '@modelkeep/core';
import { outsideAddresses, type ListAddresses } from './network-up.ts';

const PROBE_EVERY_MS = 3_000;
/** Who answered within this time shows that the network is there, and that the trouble is with one host alone. */
const RECENT_MS = 5_000;
const MAX_ORIGINS = 1_000;

/** These say that no host can be reached now. ENOTFOUND is none: it mostly is a wrong name. */
const NETWORK_CODES = new Set(['ENETUNREACH', 'ENETDOWN', 'EAI_AGAIN']);
/** And these do so on a machine that has no address to the outside. */
const HOST_CODES = new Set(['ENOTFOUND', 'EHOSTUNREACH']);

/** Whether this machine can reach the network, as far as its requests have shown. */
export type Connectivity = 'online' | 'offline';

/** Finds out whether the machine is offline, and that it no longer is. */
export interface ConnectivityMonitor {
  readonly current: LatestValue<Connectivity>;
  /** Lets a request through; while offline only one for each origin every few seconds. @throws `network.offline` */
  enter(url: URL): void;
  /** A server answered. */
  answered(url: URL): void;
  /** A request got no answer. */
  failed(url: URL, error: unknown): void;
  close(): void;
}

/** What {@link createConnectivityMonitor} needs. */
export interface ConnectivityMonitorOptions {
  readonly clock: Clock;
  /** Whether a URL can be reached without a network: this machine, or one beside it. Those are never held back. */
  readonly isNear: (url: URL) => boolean;
  /** Asks a server for anything, in the background; resolves when it answered and rejects with what came instead. */
  readonly probe: (origin: string) => Promise<void>;
  /** @default those of this machine */
  readonly listAddresses?: ListAddresses | undefined;
  /** How long the monitor rests between two looks in the background, in milliseconds. @default 3_000 */
  readonly probeEveryMs?: number | undefined;
}

interface Outage {
  readonly systemCode: string;
  readonly origin: string;
  addresses: string;
  probedAtMs: number;
  readonly sinceMs: number;
  /** When other servers were last asked, by their origins. */
  readonly askedAtMs: Map<string, number>;
}

/**
 * A monitor that believes to be online until requests show otherwise. While offline it looks by itself: a change of the
 * machine's addresses, or some seconds, let the next request through, and without one it asks the server that failed.
 */
export function createConnectivityMonitor(options: ConnectivityMonitorOptions): ConnectivityMonitor {
  const { clock, isNear, listAddresses = outsideAddresses, probeEveryMs = PROBE_EVERY_MS } = options;
  const current = createLatestValue<Connectivity>('online');
  let outage: Outage | undefined;
  let answeredAtMs = -Infinity;
  let timer: NodeJS.Timeout | undefined;

  const goOnline = (): void => {
    clearInterval(timer);
    if (outage === undefined) return;
    outage = undefined;
    current.set('online');
  };
  const goOffline = (origin: string, systemCode: string): void => {
    const isNew = outage === undefined;
    const probedAtMs = clock.monotonicMs();
    const { sinceMs = probedAtMs, askedAtMs = new Map<string, number>() } = outage ?? {};
    outage = { systemCode, origin, addresses: listAddresses().join(), probedAtMs, sinceMs, askedAtMs };
    if (!isNew) return;
    current.set('offline');
    // Not our clock: its waits would keep the process alive.
    timer = setInterval(() => void look(), probeEveryMs).unref();
  };
  /** Whether it is time to find out; says so once. */
  const takeProbe = (known: Outage): boolean => {
    const addresses = listAddresses().join();
    const nowMs = clock.monotonicMs();
    // A timer may fire a little early.
    if (addresses === known.addresses && nowMs - known.probedAtMs < probeEveryMs * 0.9) return false;
    known.addresses = addresses;
    known.probedAtMs = nowMs;
    return true;
  };
  /**
   * Whether it is time to ask another server than the one that failed, whose name may be all that is wrong: the looks in
   * the background would not find that out.
   */
  const takeTurn = ({ origin, sinceMs, askedAtMs }: Outage, url: URL): boolean => {
    const nowMs = clock.monotonicMs();
    if (url.origin === origin || nowMs - (askedAtMs.get(url.origin) ?? sinceMs) < probeEveryMs) return false;
    if (askedAtMs.size >= MAX_ORIGINS) askedAtMs.clear();
    askedAtMs.set(url.origin, nowMs);
    return true;
  };
  const look = async (): Promise<void> => {
    const known = outage;
    if (known === undefined || listAddresses().length === 0 || !takeProbe(known)) return;
    try {
      await options.probe(known.origin);
      goOnline();
    } catch (error) {
      judge(new URL(known.origin), error);
    }
  };
  const judge = (url: URL, error: unknown): void => {
    if (isModelkeepError(error, 'network.connection')) {
      // Something out there refused or hung up: so there is a network.
      goOnline();
    } else if (isModelkeepError(error, 'network.offline')) {
      const { systemCode } = error.facts;
      const isAlone = listAddresses().length === 0;
      const isKnownOffline = outage !== undefined || clock.monotonicMs() - answeredAtMs >= RECENT_MS;
      const isOffline = isAlone
        ? NETWORK_CODES.has(systemCode) || HOST_CODES.has(systemCode)
        : NETWORK_CODES.has(systemCode) && isKnownOffline;
      if (isOffline) goOffline(url.origin, systemCode);
    }
  };

  return {
    current,
    enter(url) {
      if (outage === undefined || isNear(url) || takeTurn(outage, url) || takeProbe(outage)) return;
      throw offlineError(url, outage.systemCode);
    },
    answered(url) {
      if (isNear(url)) return;
      answeredAtMs = clock.monotonicMs();
      goOnline();
    },
    failed(url, error) {
      if (!isNear(url)) judge(url, error);
    },
    close() {
      clearInterval(timer);
      outage = undefined;
      current.end();
    },
  };
}

function offlineError(url: URL, systemCode: string): ModelkeepError<'network.offline'> {
  return new ModelkeepError('network.offline', {
    message: `${redactUrl(url)} is not asked: this machine is offline (${systemCode})`,
    facts: { url: redactUrl(url), systemCode },
    hint: 'Check the network connection. Whether it is back is found out by itself every few seconds.',
  });
}
