import type { Answer } from '../hub/http/answer.ts';
import { applyFault } from './apply-fault.ts';
import type { FaultContext } from './fault-context.ts';
import type { Fault, FaultTrigger } from './fault.ts';

/** What is armed: a fault and the requests that it strikes. */
export interface FaultPlan {
  /** @default every request */
  readonly when?: FaultTrigger;
  readonly fault: Fault;
}

/** An armed fault. */
export interface ArmedFault {
  /** Requests so far that fit the trigger and that the fault would change, whether it struck them or not. */
  readonly matches: number;
  /** Requests that it struck. */
  readonly hits: number;
  disarm(): void;
}

/** The faults of a hub. */
export interface FaultBox {
  /**
   * Arms a fault. Of several that fit one request only the one armed first strikes.
   *
   * @example
   * ```ts
   * import type { LocalHub } from '@modelkeep/testing';
   *
   * declare const hub: LocalHub;
   * const armed = hub.faults.arm({
   *   when: { origin: 'cdn', method: 'GET', pathPattern: 'model.safetensors' },
   *   fault: { kind: 'reset', afterBytes: 100_000 },
   * });
   * // … download …
   * if (armed.hits !== 1) throw new Error('nothing was broken');
   * ```
   */
  arm(plan: FaultPlan): ArmedFault;
  /** Disarms all. */
  clear(): void;
}

/** The side of the box that the server uses. */
export interface FaultSource extends FaultBox {
  /** The answer after the fault that strikes it, if any. */
  strike(answer: Answer, context: FaultContext): { readonly answer: Answer; readonly kind: string | null };
}

type Armed = { -readonly [Key in 'matches' | 'hits']: ArmedFault[Key] } & { readonly plan: FaultPlan };

function decoded(url: string): string {
  try {
    return decodeURIComponent(url.replaceAll('+', ' '));
  } catch {
    // a malformed URL has no decoded form
    return url;
  }
}

function finds(pattern: RegExp | string, url: string): boolean {
  if (typeof pattern === 'string') return url.includes(pattern);
  // search() ignores the position that a global expression keeps
  return url.search(pattern) !== -1;
}

function fits(when: FaultTrigger, { method, origin, url }: FaultContext): boolean {
  const { pathPattern } = when;
  return (
    (when.origin === undefined || when.origin === origin) &&
    (when.method === undefined || when.method === method) &&
    (pathPattern === undefined || finds(pathPattern, url) || finds(pathPattern, decoded(url)))
  );
}

/** Faults that stay: a loop that ends is none, and a file that changed stays changed. */
const LASTING: readonly Fault['kind'][] = ['redirect-loop', 'change-etag'];

function isDue({ hits, matches, plan }: Armed): boolean {
  const { nth = 1, times = LASTING.includes(plan.fault.kind) ? Number.POSITIVE_INFINITY : 1 } = plan.when ?? {};
  return matches >= nth && hits < times;
}

/** Makes an empty box. */
export function createFaultBox(): FaultSource {
  const faults = new Set<Armed>();
  return {
    arm(plan) {
      const armed: Armed = { plan, matches: 0, hits: 0 };
      faults.add(armed);
      return {
        get matches() {
          return armed.matches;
        },
        get hits() {
          return armed.hits;
        },
        disarm: () => void faults.delete(armed),
      };
    },
    clear: () => faults.clear(),
    strike(answer, context) {
      let struck: { answer: Answer; kind: string } | undefined;
      for (const armed of faults) {
        const changed = fits(armed.plan.when ?? {}, context) ? applyFault(armed.plan.fault, answer, context) : null;
        if (changed === null) continue;
        armed.matches += 1;
        if (struck !== undefined || !isDue(armed)) continue;
        armed.hits += 1;
        struck = { answer: changed, kind: armed.plan.fault.kind };
      }
      return struck ?? { answer, kind: null };
    },
  };
}
