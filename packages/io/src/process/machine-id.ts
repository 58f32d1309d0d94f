import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * Stands for this machine in data that belongs to it alone: 12 hex. On Linux it is made from the machine's own id and
 * survives another host name; elsewhere, and in containers without an id, from the host name.
 */
export function machineId(): string {
  return createHash('sha256').update(`machine\n${ownId()}`).digest('hex').slice(0, 12);
}

function ownId(): string {
  try {
    const id = readFileSync('/etc/machine-id', 'utf8').trim();
    if (id !== '') return id;
  } catch {
    // Only Linux has this file, and not all of it.
  }
  return hostname();
}
