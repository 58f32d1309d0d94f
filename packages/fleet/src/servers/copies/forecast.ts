/** That a model was used on a server. */
export interface ModelUse {
  readonly serverId: string;
  readonly sha256: string;
  /** Milliseconds since 1970. */
  readonly atMs: number;
}

/** What a server will need in the time that is asked for. Plain data. */
export interface ForecastNeed {
  readonly serverId: string;
  readonly sha256: string;
  /** From 0 to 1: in what part of such times before it was used there, times of late counting more. */
  readonly likelihood: number;
  readonly because: string;
}

/** For when it is asked. */
export interface ForecastOptions {
  /** The beginning of the time that is asked for. */
  readonly fromMs: number;
  /** Its length. @default a day */
  readonly lengthMs?: number | undefined;
  /** What is less likely is left out. @default 0.35 */
  readonly least?: number | undefined;
}

const DAY_MS = 86_400_000;
const WEEK_DAYS = 7;
/** How far back times are looked at, in lengths and in weeks. */
const RECENT = 4;
const WEEKS = 4;
/** What each time before weighs against the one after it. */
const FADE = 0.6;

/**
 * Tells which models will be needed where: the likelihood is a weighted part of times before in which the model was used
 * there. Looked at are the times just before, and those at the same hours of the week, as far back as the history goes; each
 * weighs less than the one after it. Pure; what is told is sorted, the likeliest first.
 */
export function forecastNeeds(history: readonly ModelUse[], options: ForecastOptions): ForecastNeed[] {
  const { fromMs, lengthMs = DAY_MS, least = 0.35 } = options;
  const firstMs = history.reduce((earliest, { atMs }) => Math.min(earliest, atMs), Number.POSITIVE_INFINITY);
  // That nothing was used before anybody took note of it says nothing.
  const times = [
    ...windows('before', RECENT, (step) => fromMs - step * lengthMs),
    ...windows('weeks', WEEKS, (step) => fromMs - step * WEEK_DAYS * DAY_MS),
  ].filter(({ startMs }) => startMs + lengthMs > firstMs);
  const used = new Map<string, { readonly use: ModelUse; readonly seen: Set<number> }>();
  for (const use of history) {
    for (const [place, { startMs }] of times.entries()) {
      // What is in the time that is asked for is nobody's to know.
      if (use.atMs < startMs || use.atMs >= startMs + lengthMs || use.atMs >= fromMs) continue;
      const key = `${use.serverId} ${use.sha256}`;
      const known = used.get(key) ?? { use, seen: new Set<number>() };
      used.set(key, known);
      known.seen.add(place);
    }
  }
  const whole = times.reduce((sum, { weight }) => sum + weight, 0);
  const countOf = (kind: Window['kind'], places: Iterable<number>): number =>
    [...places].filter((place) => times[place]?.kind === kind).length;
  const [before, weeks] = [countOf('before', times.keys()), countOf('weeks', times.keys())];
  return [...used.values()]
    .map(({ use, seen }) => {
      const weight = [...seen].reduce((sum, place) => sum + (times[place]?.weight ?? 0), 0);
      const because = `used in ${countOf('before', seen)} of ${before} times before, and in ${countOf('weeks', seen)} of ${weeks} weeks at this time`;
      return {
        serverId: use.serverId,
        sha256: use.sha256,
        likelihood: Math.round((weight / whole) * 1_000) / 1_000,
        because,
      };
    })
    .filter(({ likelihood }) => likelihood >= least)
    .toSorted((one, other) => other.likelihood - one.likelihood || (keyOf(one) < keyOf(other) ? -1 : 1));
}

interface Window {
  readonly kind: 'before' | 'weeks';
  readonly startMs: number;
  readonly weight: number;
}

function windows(kind: Window['kind'], count: number, startOf: (step: number) => number): Window[] {
  return Array.from({ length: count }, (_, place) => ({ kind, startMs: startOf(place + 1), weight: FADE ** place }));
}

function keyOf({ serverId, sha256 }: ForecastNeed): string {
  return `${serverId} ${sha256}`;
}
