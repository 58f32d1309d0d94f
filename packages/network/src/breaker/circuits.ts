import { createLatestValue, ModelkeepError, redactUrl, type Clock, type LatestValue } from '@modelkeep/core';
import type { LRUCache } from 'lru-cache';
import { createBucketRotation } from './bucket-rotation.ts';
import { createCircuit, WINDOW_BUCKETS, WINDOW_MS, type Circuit, type CircuitAttempt } from './circuit.ts';
import { endpointClasses, type EndpointClass } from './endpoint-class.ts';

const MAX_CIRCUITS = 256;
/** A probe is mostly over soon: who comes meanwhile need not wait for as long as it may take. */
const PROBE_RETRY_MS = 1_000;

/** A circuit that is not closed. Plain data. */
export interface CircuitStatus {
  /** Such as `https://huggingface.co`. */
  readonly origin: string;
  readonly endpointClass: EndpointClass;
  /** `open`: requests fail at once. `half-open`: one request is finding out whether the server is well again. */
  readonly state: 'open' | 'half-open';
  /** When another request may find out, in milliseconds since 1970. */
  readonly retryAtMs: number;
}

/** The circuits of a client, by origin and class of endpoint. */
export interface Circuits {
  /** Those that are not closed. */
  readonly current: LatestValue<readonly CircuitStatus[]>;
  /** Whether requests of some class to this origin fail at once now. */
  isOpen(origin: string): boolean;
  /** Imports now what {@link enter} needs. */
  prepare(): void;
  /** Lets an attempt through. @throws `network.circuit-open` */
  enter(url: URL, endpointClass: EndpointClass): Promise<CircuitAttempt>;
  close(): void;
}

interface Entry {
  readonly origin: string;
  readonly endpointClass: EndpointClass;
  readonly circuit: Circuit;
}

/** Circuits that are made as origins come up; the 256 that were used last are kept. */
export function createCircuits(clock: Clock): Circuits {
  const current = createLatestValue<readonly CircuitStatus[]>([]);
  let entries: LRUCache<string, Entry> | undefined;
  let loading: Promise<(origin: string, endpointClass: EndpointClass) => Entry> | undefined;
  let isClosed = false;

  const publish = (): void => {
    const statuses: CircuitStatus[] = [];
    for (const { origin, endpointClass, circuit } of entries?.values() ?? []) {
      if (circuit.state === 'closed') continue;
      statuses.push({ origin, endpointClass, state: circuit.state, retryAtMs: clock.now() + circuit.waitMs() });
    }
    if (statuses.length > 0 || current.current.length > 0) current.set(statuses);
  };

  /** opossum is imported with the first request, as undici is. */
  const load = async (): Promise<(origin: string, endpointClass: EndpointClass) => Entry> => {
    const [{ default: Breaker }, { LRUCache }] = await Promise.all([import('opossum'), import('lru-cache')]);
    const bucketMs = WINDOW_MS / WINDOW_BUCKETS;
    const rotation = createBucketRotation({ clock, bucketMs, buckets: WINDOW_BUCKETS });
    const kept = new LRUCache<string, Entry>({ max: MAX_CIRCUITS, dispose: ({ circuit }) => circuit.close() });
    entries = kept;
    return (origin, endpointClass) => {
      const key = keyOf(origin, endpointClass);
      const known = kept.get(key);
      if (known !== undefined) return known;
      const entry: Entry = {
        origin,
        endpointClass,
        circuit: createCircuit({ Breaker, rotation, clock, onChange: publish }),
      };
      kept.set(key, entry);
      return entry;
    };
  };

  const loaded = (): ReturnType<typeof load> => (loading ??= load());

  return {
    current,
    prepare: () => void loaded().catch(() => {}),
    isOpen: (origin) =>
      endpointClasses.some((endpointClass) => {
        const circuit = entries?.peek(keyOf(origin, endpointClass))?.circuit;
        return circuit !== undefined && circuit.waitMs() > 0;
      }),
    async enter(url, endpointClass) {
      const entryOf = await loaded();
      if (isClosed) return { settle: async () => {} };
      const { circuit } = entryOf(url.origin, endpointClass);
      const waitMs = circuit.waitMs();
      if (waitMs > 0) {
        const isProbed = circuit.state === 'half-open';
        throw circuitOpenError(url, endpointClass, isProbed ? Math.min(waitMs, PROBE_RETRY_MS) : waitMs);
      }
      return circuit.enter();
    },
    close() {
      isClosed = true;
      entries?.clear();
      current.end();
    },
  };
}

function keyOf(origin: string, endpointClass: EndpointClass): string {
  return `${endpointClass} ${origin}`;
}

function circuitOpenError(
  url: URL,
  endpointClass: EndpointClass,
  retryAfterMs: number,
): ModelkeepError<'network.circuit-open'> {
  return new ModelkeepError('network.circuit-open', {
    message: `${redactUrl(url)} is not asked: too many requests to ${url.origin} (${endpointClass}) failed lately`,
    facts: { url: redactUrl(url), endpointClass, retryAfterMs },
    hint: `The server is in trouble. It is asked again by itself from ${Math.ceil(retryAfterMs / 1_000)} s on; until then another mirror may help.`,
  });
}
