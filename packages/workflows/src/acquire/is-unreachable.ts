import type { ModelkeepError } from '@modelkeep/core';

const CODES: ReadonlySet<string> = new Set([
  'network.connection',
  'network.timeout',
  'network.offline',
  'network.circuit-open',
  'network.proxy',
]);

/** @internal Whether an error says that nobody answered: it would be the same for everything else that is asked there now. */
export function isUnreachable({ code }: ModelkeepError): boolean {
  return CODES.has(code);
}
