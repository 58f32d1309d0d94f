/** What is measured. */
export interface Metric {
  /** Letters, digits and `_`, with the unit at the end, such as `modelkeep_job_attempt_seconds`. */
  readonly name: string;
  readonly help: string;
}

/** Few values each: never an address, a path, an id or a token. */
export type MetricLabels = Readonly<Record<string, string>>;

/** Where the library says how much it does. Calls return at once. */
export interface Metrics {
  /** Adds to a number that only grows. */
  count(metric: Metric, labels: MetricLabels, by: number): void;
  /** Says what a number is now. */
  set(metric: Metric, labels: MetricLabels, value: number): void;
  /** Adds to a distribution. */
  observe(metric: Metric, labels: MetricLabels, value: number): void;
}

/** The default: keeps nothing. */
export const noMetrics: Metrics = { count() {}, set() {}, observe() {} };
