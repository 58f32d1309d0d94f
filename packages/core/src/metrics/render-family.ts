/** @internal One combination of labels. */
export interface MetricSeries {
  readonly labels: readonly (readonly [string, string])[];
  /** Of a distribution: the sum. */
  value: number;
  count: number;
  /** How many values are at most each bound. */
  buckets: number[];
}

/** @internal A metric with all its series. */
export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly bounds: readonly number[];
  readonly series: Map<string, MetricSeries>;
}

/** @internal */
export function renderFamily({ name, help, kind, bounds, series }: MetricFamily): string {
  const lines = [`# HELP ${name} ${escape(help)}`, `# TYPE ${name} ${kind}`];
  for (const { labels, value, count, buckets } of series.values()) {
    if (kind !== 'histogram') {
      lines.push(sample(name, labels, value));
      continue;
    }
    for (const [index, bound] of bounds.entries()) {
      lines.push(sample(`${name}_bucket`, [...labels, ['le', String(bound)]], buckets[index] ?? 0));
    }
    lines.push(sample(`${name}_bucket`, [...labels, ['le', '+Inf']], count));
    lines.push(sample(`${name}_sum`, labels, value), sample(`${name}_count`, labels, count));
  }
  return `${lines.join('\n')}\n`;
}

function sample(name: string, labels: MetricSeries['labels'], value: number): string {
  const inner = labels.map(([label, text]) => `${label}="${escape(text).replaceAll('"', String.raw`\"`)}"`);
  const written = Number.isFinite(value) || Number.isNaN(value) ? String(value) : value > 0 ? '+Inf' : '-Inf';
  return `${name}${inner.length === 0 ? '' : `{${inner.join(',')}}`} ${written}`;
}

function escape(text: string): string {
  return text.replaceAll('\\', String.raw`\\`).replaceAll('\n', String.raw`\n`);
}
