import { ModelkeepError } from '@modelkeep/core';
import type { StateTopic } from '../ports/state-changes.ts';

/** For engines: what a compare-and-swap gives that has met another version. */
export function conflict(
  topic: StateTopic,
  key: string,
  versions: { readonly expectedVersion: number; readonly foundVersion: number },
): ModelkeepError<'fleet.conflict'> {
  return new ModelkeepError('fleet.conflict', {
    message: `${topic}: ${JSON.stringify(key)} was changed meanwhile`,
    facts: { topic, key, ...versions },
    hint: 'read it again and decide anew',
  });
}

/** For engines: there is no such thing. */
export function notFound(topic: StateTopic, key: string): ModelkeepError<'fleet.not-found'> {
  return new ModelkeepError('fleet.not-found', {
    message: `${topic}: there is nothing called ${JSON.stringify(key)}`,
    facts: { topic, key },
  });
}
