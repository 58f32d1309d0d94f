import { ModelkeepError } from '../errors/modelkeep-error.ts';
import type { Metric, MetricLabels, Metrics } from '../ports/metrics.ts';
import { renderFamily, type MetricFamily, type MetricSeries } from './render-family.ts';

/** Metrics in memory. */
export interface MemoryMetrics extends Metrics {
  /**
   * The text format 0.0.4 of Prometheus, to be served as `text/plain; version=0.0.4; charset=utf-8`.
   * https://prometheus.io/docs/instrumenting/exposition_formats/
   */
  renderPrometheus(): string;
}

/** From moments to the hours that a large download takes, in seconds. */
const BOUNDS = [0.01, 0.1, 1, 10, 60, 600, 3_600, 36_000];
const MAX_SERIES = 1_000;
const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
/** `le` is the bound of a bucket; two underscores at the start are Prometheus' own. */
const LABEL_NAME = /^(?!le$|__)[a-zA-Z_][a-zA-Z0-9_]*$/;

/**
 * Keeps metrics in memory. A metric has at most 1,000 combinations of labels: further ones are left out, so that memory
 * stays bounded. A name keeps its first kind: what comes for it as another one is left out.
 *
 * @example
 * ```ts
 * import { createMetrics, openLibrary } from 'modelkeep';
 *
 * const metrics = createMetrics();
 * await using library = await openLibrary({ root: '/data/models', runJobs: true, metrics });
 * console.log(metrics.renderPrometheus());
 * ```
 */
export function createMetrics(): MemoryMetrics {
  const families = new Map<string, MetricFamily>();
  const seriesOf = (kind: MetricFamily['kind'], { name, help }: Metric, labels: MetricLabels): MetricSeries | null => {
    if (!families.has(name)) checkName(name, METRIC_NAME);
    const family = families.get(name) ?? { name, help, kind, bounds: BOUNDS, series: new Map() };
    families.set(name, family);
    if (family.kind !== kind) return null;
    const entries = Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1));
    const key = JSON.stringify(entries);
    const known = family.series.get(key);
    if (known !== undefined || family.series.size >= MAX_SERIES) return known ?? null;
    for (const [label] of entries) checkName(label, LABEL_NAME);
    const series = { labels: entries, value: 0, count: 0, buckets: BOUNDS.map(() => 0) };
    family.series.set(key, series);
    return series;
  };
  return {
    count(metric, labels, by) {
      const series = seriesOf('counter', metric, labels);
      if (series !== null && by > 0) series.value += by;
    },
    set(metric, labels, value) {
      const series = seriesOf('gauge', metric, labels);
      if (series !== null) series.value = value;
    },
    observe(metric, labels, value) {
      const series = seriesOf('histogram', metric, labels);
      if (series === null) return;
      series.value += value;
      series.count += 1;
      series.buckets = series.buckets.map((count, index) => (value <= (BOUNDS[index] ?? 0) ? count + 1 : count));
    },
    renderPrometheus: () => [...families.values()].map((family) => renderFamily(family)).join(''),
  };
}

/** @throws `core.invalid-argument`: a reader of the text would refuse all of it */
function checkName(name: string, form: RegExp): void {
  if (form.test(name)) return;
  throw new ModelkeepError('core.invalid-argument', {
    message: `Prometheus has no metric or label of the name ${JSON.stringify(name)}`,
    facts: { argument: 'name', found: name },
    hint: 'letters, digits and _, none of the digits first',
  });
}
