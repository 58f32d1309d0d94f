const plain =
  `id type payload state dedupe_key priority lane after blocked_by attempts max_attempts progress checkpoint result
  error waiting worker_id created_at_ms run_at_ms started_at_ms ended_at_ms`.split(/\s+/);
const large = ['seq', 'token'];

/** @internal What a `JobRow` has: numbers as numbers. */
export function jobColumns(table: string): string {
  return [
    ...plain.map((name) => `${table}.${name}`),
    ...large.map((name) => `${table}.${name}::float8 as ${name}`),
  ].join(', ');
}
