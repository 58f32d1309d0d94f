import { expect, it } from 'vitest';
import { createMetrics } from './create-metrics.ts';

/** Reads a sample character by character, by the rules of the format. */
function parse(text: string): Map<string, number> {
  const samples = new Map<string, number>();
  for (const line of text.split('\n').filter((one) => one !== '' && !one.startsWith('#'))) {
    const [, name = '', inner = '', value = ''] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    expect(name, line).not.toBe('');
    const labels = [...inner.matchAll(/(\w+)="((?:[^"\\]|\\["\\n])*)"(?:,|$)/g)];
    expect(labels.map(([whole]) => whole).join('')).toBe(inner);
    const read = labels.map(([, label, raw = '']) => [
      label,
      raw.replaceAll(/\\(.)/g, (_, letter: string) => (letter === 'n' ? '\n' : letter)),
    ]);
    samples.set(JSON.stringify([name, ...read]), value === '+Inf' ? Infinity : Number(value));
  }
  return samples;
}

it('is read back by another parser, with whatever is in its labels', () => {
  const metrics = createMetrics();
  const hostile = 'a"b\\n\\\nc,{}';
  metrics.count({ name: 'things_total', help: 'a \\ and\na line' }, { kind: hostile }, 2);
  metrics.count({ name: 'things_total', help: '' }, { kind: hostile }, 3);
  metrics.set({ name: 'depth', help: 'now' }, {}, Infinity);
  const text = metrics.renderPrometheus();
  expect(text).toContain('# HELP things_total a \\\\ and\\na line\n# TYPE things_total counter\n');
  expect(Object.fromEntries(parse(text))).toEqual({
    [JSON.stringify(['things_total', ['kind', hostile]])]: 5,
    [JSON.stringify(['depth'])]: Infinity,
  });
});

it('counts what is at most each bound, ends with +Inf, and sums', () => {
  const metrics = createMetrics();
  for (const value of [0.1, 5, 100_000]) metrics.observe({ name: 'took_seconds', help: '' }, { type: 'a' }, value);
  const samples = parse(metrics.renderPrometheus());
  const bucket = (le: string): unknown =>
    samples.get(JSON.stringify(['took_seconds_bucket', ['type', 'a'], ['le', le]]));
  expect(['0.01', '0.1', '10', '36000', '+Inf'].map((le) => bucket(le))).toEqual([0, 1, 2, 2, 3]);
  expect(samples.get(JSON.stringify(['took_seconds_sum', ['type', 'a']]))).toBe(100_005.1);
  expect(samples.get(JSON.stringify(['took_seconds_count', ['type', 'a']]))).toBe(3);
});

it('stays bounded, and a name keeps its kind', () => {
  const metrics = createMetrics();
  for (let index = 0; index < 1_500; index += 1) metrics.set({ name: 'many', help: '' }, { id: `${index}` }, 1);
  metrics.count({ name: 'many', help: '' }, { id: '0' }, 5);
  expect([...parse(metrics.renderPrometheus()).values()]).toEqual(Array.from({ length: 1_000 }, () => 1));
});

it.each(['', '1st', 'a-b', 'a b', 'a\n'])('refuses the name %j', (name) => {
  const metrics = createMetrics();
  expect(() => metrics.count({ name, help: '' }, {}, 1)).toThrow('Prometheus has no');
  expect(() => metrics.set({ name: 'ok', help: '' }, { [name]: 'x' }, 1)).toThrow('Prometheus has no');
  expect(() => metrics.set({ name: 'ok', help: '' }, { le: 'x' }, 1)).toThrow('Prometheus has no');
  expect([...parse(metrics.renderPrometheus())]).toEqual([]);
});
