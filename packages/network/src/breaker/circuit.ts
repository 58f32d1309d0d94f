import type { Clock } from '@modelkeep/core';
import type CircuitBreaker from 'opossum';
import type { BucketRotation } from './bucket-rotation.ts';
import type { Outcome } from './outcome.ts';

const FIRST_OPEN_MS = 15_000;
const LONGEST_OPEN_MS = 300_000;
/** A probe that takes longer, such as a large body, gives way to another one. */
const PROBE_MS = 30_000;
/** Over how long attempts are counted. */
export const WINDOW_MS = 30_000;
/** Parts of that time; the oldest part is forgotten at once. */
export const WINDOW_BUCKETS = 10;
const MINIMUM_ATTEMPTS = 10;
/** opossum opens above its threshold and not at it: this is "half of them". */
const THRESHOLD_PERCENT = 49.99;
/** opossum's own timer never gets there: when a circuit may be probed is told by our clock. */
const NEVER_MS = 2 ** 31 - 1;

const FAILURE = new Error('a failed attempt');

/** The class of opossum, which is imported when it is needed. */
export type BreakerClass = typeof CircuitBreaker;

/** One attempt that a circuit let through. */
export interface CircuitAttempt {
  /** Tells how it went. Only the first call counts. */
  settle(outcome: Outcome): Promise<void>;
}

/** The circuit of one origin and class of endpoint. */
export interface Circuit {
  readonly state: 'closed' | 'open' | 'half-open';
  /** Time until an attempt may be let through, in milliseconds; 0 when it is now. */
  waitMs(): number;
  /** Lets an attempt through. Only when there is nothing to wait for. */
  enter(): CircuitAttempt;
  close(): void;
}

/** What {@link createCircuit} needs. */
export interface CircuitOptions {
  readonly Breaker: BreakerClass;
  readonly rotation: BucketRotation;
  readonly clock: Clock;
  /** The state is another one now. */
  readonly onChange: () => void;
}

/**
 * A circuit over opossum, which counts the outcomes and decides when to open and to close. It is fired when an outcome
 * is known and never for a neutral one: what its `errorFilter` lets pass would count as a success and close the circuit,
 * and an attempt that hangs inside it would lock a half-open one.
 */
export function createCircuit({ Breaker, rotation, clock, onChange }: CircuitOptions): Circuit {
  let openMs = FIRST_OPEN_MS;
  let openMsBeforeProbe = FIRST_OPEN_MS;
  let quietUntilMs = 0;

  const start = (state: 'closed' | 'half-open'): CircuitBreaker<[boolean], void> => {
    const options: CircuitBreaker.Options<[boolean]> & { readonly state: object } = {
      timeout: false,
      errorThresholdPercentage: THRESHOLD_PERCENT,
      volumeThreshold: MINIMUM_ATTEMPTS,
      rollingCountTimeout: WINDOW_MS,
      rollingCountBuckets: WINDOW_BUCKETS,
      rollingPercentilesEnabled: false,
      enableSnapshots: false,
      rotateBucketController: rotation.emitter,
      resetTimeout: NEVER_MS,
      state: { closed: state === 'closed', halfOpen: state === 'half-open' },
    };
    const started = new Breaker(
      (isFailure: boolean) => (isFailure ? Promise.reject(FAILURE) : Promise.resolve()),
      options,
    );
    started.on('open', () => {
      quietUntilMs = clock.monotonicMs() + openMs;
      onChange();
    });
    started.on('close', () => {
      openMs = FIRST_OPEN_MS;
      restart('closed');
    });
    return started;
  };
  /** A breaker's statistics survive its probe, and one more failure would open it again: so each begins anew. */
  const restart = (state: 'closed' | 'half-open'): void => {
    breaker.shutdown();
    breaker = start(state);
    onChange();
  };
  let breaker = start('closed');

  const settle = async (from: typeof breaker, outcome: Outcome): Promise<void> => {
    // What was let through before the state changed has no say in it any more.
    if (from !== breaker || breaker.opened) return;
    if (outcome !== 'neutral') {
      rotation.turn();
      await breaker.fire(outcome === 'failure').catch(() => {});
    } else if (breaker.halfOpen) {
      openMs = openMsBeforeProbe;
      breaker.open();
    }
  };

  return {
    get state() {
      if (breaker.closed) return 'closed';
      return breaker.halfOpen ? 'half-open' : 'open';
    },
    waitMs: () => (breaker.closed ? 0 : Math.max(0, quietUntilMs - clock.monotonicMs())),
    enter() {
      if (!breaker.closed) {
        quietUntilMs = clock.monotonicMs() + PROBE_MS;
        if (breaker.opened) {
          openMsBeforeProbe = openMs;
          openMs = Math.min(openMs * 2, LONGEST_OPEN_MS);
          restart('half-open');
        }
      }
      const from = breaker;
      let isSettled = false;
      return {
        async settle(outcome) {
          if (isSettled) return;
          isSettled = true;
          await settle(from, outcome);
        },
      };
    },
    close: () => breaker.shutdown(),
  };
}
