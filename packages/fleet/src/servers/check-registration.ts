import { checkCount, checkOptionalText, checkText, refuse } from './check-text.ts';
import type { ServerCapacity, ServerLoad, ServerRegistration } from './server.ts';

const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const MAX_LABELS = 64;
const MAX_FAMILIES = 256;
const MAX_ENDPOINT_CHARS = 2_048;
const LEAST_SILENT_MS = 1_000;
const SILENT_MS = 60_000;

/** For engines: A registration with everything said. */
export interface CheckedRegistration {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly capacity: ServerCapacity;
  readonly endpoint: string | null;
  readonly silentAfterMs: number;
}

/** For engines. @throws `core.invalid-argument` */
export function checkServerId(id: unknown): string {
  if (typeof id === 'string' && ID.test(id)) return id;
  return refuse('server id', id, 'use 1 to 128 letters, digits, ".", "_" and "-"');
}

/** For engines. @throws `core.invalid-argument` */
export function checkRegistration(server: ServerRegistration): CheckedRegistration {
  const id = checkServerId(server.id);
  return {
    id,
    name: checkOptionalText('name', server.name, 256) ?? id,
    labels: checkLabels(server.labels ?? {}),
    capacity: checkCapacity(server.capacity ?? {}),
    endpoint: checkEndpoint(server.endpoint ?? null),
    silentAfterMs: checkCount('silentAfterMs', server.silentAfterMs ?? SILENT_MS, LEAST_SILENT_MS),
  };
}

/** For engines. @throws `core.invalid-argument` */
export function checkLabels(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const entries = Object.entries(labels);
  if (entries.length > MAX_LABELS) refuse('labels', entries.length, `use at most ${MAX_LABELS}`);
  const checked = entries.map(
    ([key, value]) => [checkText('labels', key, 64), checkText('labels', value, 256)] as const,
  );
  return Object.fromEntries(checked.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

/** For engines. @throws `core.invalid-argument` */
export function checkLoad(load: Partial<ServerLoad>): Partial<ServerLoad> {
  return {
    ...(load.running === undefined ? {} : { running: checkCount('running', load.running) }),
    ...(load.queued === undefined ? {} : { queued: checkCount('queued', load.queued) }),
  };
}

function checkCapacity(capacity: Partial<ServerCapacity>): ServerCapacity {
  const count = (name: keyof ServerCapacity, least = 0): number | null => {
    const value = capacity[name] ?? null;
    return value === null ? null : checkCount(`capacity.${name}`, value, least);
  };
  const families = capacity.families ?? null;
  if (families !== null && (!Array.isArray(families) || families.length > MAX_FAMILIES)) {
    refuse('capacity.families', families, `use a list of at most ${MAX_FAMILIES}`);
  }
  return {
    slots: count('slots', 1),
    memoryBytes: count('memoryBytes'),
    freeBytes: count('freeBytes'),
    bytesPerSecond: count('bytesPerSecond', 1),
    families: families?.map((family) => checkText('capacity.families', family, 64)) ?? null,
    version: checkOptionalText('capacity.version', capacity.version, 64),
  };
}

function checkEndpoint(endpoint: string | null): string | null {
  if (endpoint === null) return null;
  const text = checkText('endpoint', endpoint, MAX_ENDPOINT_CHARS);
  const url = URL.parse(text);
  // What is found may hold a password: it is not told.
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.password !== '') {
    return refuse('endpoint', undefined, 'use an http or https URL without a user and password');
  }
  return url.href;
}
