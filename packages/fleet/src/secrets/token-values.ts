import { serialiseError, systemClock, type Logger } from '@modelkeep/core';
import type { SecretStore } from '../ports/secret-store.ts';
import type { TokenValues } from '../ports/tokens.ts';

/** How long what was read is taken for what is there. */
const FRESH_MS = 1_000;
/** How often a use is noted. */
const NOTE_MS = 60_000;

interface Known {
  readonly value: string | undefined;
  readonly readMs: number;
}

/** For engines. */
export interface TokenValuesOptions {
  readonly secrets: SecretStore;
  /** Notes that the token of an origin was used: at most once a minute. */
  readonly noteUse: (origin: string) => Promise<void>;
  readonly logger: Logger;
}

/** For engines: token values that may be asked for before every request. */
export interface KnownTokenValues extends TokenValues {
  /** Reads the token of an origin now: where the store answers by a promise, it is there for the first request then. */
  refresh(origin: string): Promise<void>;
  /** Waits for what is being noted. */
  idle(): Promise<void>;
}

/** For engines: {@link TokenValues} over a store of secrets, which is asked about an origin at most once a second. */
export function createTokenValues({ secrets, noteUse, logger }: TokenValuesOptions): KnownTokenValues {
  const known = new Map<string, Known>();
  const noted = new Map<string, number>();
  const pending = new Set<Promise<void>>();

  const keep = (origin: string, value: string | undefined): string | undefined => {
    known.set(origin, { value, readMs: systemClock.monotonicMs() });
    return value;
  };
  const inBackground = (work: Promise<void>, what: string): void => {
    const settled = work
      .catch((error: unknown) => logger.warn(what, { error: serialiseError(error).message }))
      .finally(() => pending.delete(settled));
    pending.add(settled);
  };
  const read = (origin: string): string | undefined => {
    const before = known.get(origin);
    if (before !== undefined && systemClock.monotonicMs() - before.readMs < FRESH_MS) return before.value;
    const found = secrets.get(origin);
    if (!(found instanceof Promise)) return keep(origin, found);
    // It is asked again after a while and not before: this answer is on its way.
    keep(origin, before?.value);
    inBackground(
      found.then((value) => void keep(origin, value)),
      'a token could not be read',
    );
    return before?.value;
  };
  return {
    valueFor(origin) {
      const value = read(origin);
      const nowMs = systemClock.monotonicMs();
      if (value !== undefined && nowMs - (noted.get(origin) ?? -Infinity) > NOTE_MS) {
        noted.set(origin, nowMs);
        inBackground(noteUse(origin), 'the use of a token was not noted');
      }
      return value;
    },
    async refresh(origin) {
      keep(origin, await secrets.get(origin));
    },
    async idle() {
      while (pending.size > 0) await Promise.all(pending);
    },
  };
}
