import { readFile } from 'node:fs/promises';
import type { ModelUse } from '../../packages/fleet/src/index.ts';

/** Uses of models, as they were or as if they were on so many servers. */
export interface Trace {
  readonly name: string;
  readonly uses: readonly ModelUse[];
}

const SERVERS = 20;

/**
 * Reads a recorded trace: a use a line as JSON, or the requests of Alibaba's GenTD26 (`lora_request_trace.csv`: when, by which
 * group of users, with which base model). That one does not tell which machine served a request, so it is looked at in three
 * ways: all as one server, each group's requests always on one of 20 servers, and each group with a machine of its own.
 */
export async function readTraces(path: string): Promise<Trace[]> {
  const lines = (await readFile(path, 'utf8')).split(/\r?\n/).filter(Boolean);
  if (!path.endsWith('.csv')) return [{ name: path, uses: lines.map((line) => JSON.parse(line) as ModelUse) }];
  const [head = '', ...rows] = lines;
  const columns = head.split(',');
  const requests = rows.flatMap((row) => {
    const fields = row.split(',');
    const at = (column: string): string => fields[columns.indexOf(column)] ?? '';
    const [group, model] = [at('groupId'), at('checkpoint_model_version_id')];
    const atMs = Date.parse(`${at('gmt_create').replace(' ', 'T')}Z`);
    return model === '' || Number.isNaN(atMs) ? [] : [{ group, sha256: model, atMs }];
  });
  if (requests.length === 0) throw new Error(`${path} has none of the columns of GenTD26`);
  const spread = (name: string, serverOf: (group: string) => string): Trace => ({
    name,
    uses: requests.map(({ group, sha256, atMs }) => ({ serverId: serverOf(group), sha256, atMs })),
  });
  return [
    spread('one server', () => 'all'),
    spread(`${SERVERS} servers`, (group) => String(Number(group.replace(/\D/g, '')) % SERVERS)),
    spread('a machine a group', (group) => group),
  ];
}
