import type { Server, ServerCapacity } from '../server.ts';

/** @internal What models are held against. */
export type StatedCapacity = Pick<ServerCapacity, 'families' | 'version' | 'memoryBytes'>;

const SIZE = /^(\d+(?:\.\d+)?)\s*(?:([kmgt])(i?)b?|b)?$/i;
const POWERS = ['', 'k', 'm', 'g', 't'];

/** @internal What a server says in its capacity, and where that says nothing, by the labels `memory`, `families` and `version`. */
export function statedCapacity({ capacity, labels }: Pick<Server, 'capacity' | 'labels'>): StatedCapacity {
  return {
    families: capacity.families ?? familiesOf(label(labels, 'families')),
    version: capacity.version ?? label(labels, 'version'),
    memoryBytes: capacity.memoryBytes ?? bytesOf(label(labels, 'memory')),
  };
}

function label(labels: Server['labels'], name: string): string | null {
  return Object.hasOwn(labels, name) ? (labels[name] ?? null) : null;
}

function familiesOf(text: string | null): readonly string[] | null {
  const families = (text ?? '')
    .split(',')
    .map((family) => family.trim())
    .filter((family) => family !== '');
  return families.length === 0 ? null : families;
}

/** `24GiB`, `24Gi`, `24 GB`, `24G` or bytes. A label may hold anything: what is no size says nothing. */
function bytesOf(text: string | null): number | null {
  const [, amount, unit = '', binary = ''] = SIZE.exec(text?.trim() ?? '') ?? [];
  if (amount === undefined) return null;
  return Math.floor(Number(amount) * (binary === '' ? 1_000 : 1_024) ** POWERS.indexOf(unit.toLowerCase()));
}
