import { ModelkeepError } from '@modelkeep/core';

/** @internal @throws `core.invalid-argument` */
export function readPayload(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The parser's own error shows what it read, which may be an address with a secret.
    throw new ModelkeepError('core.invalid-argument', {
      message: 'the payload of a job is JSON',
      facts: { argument: 'payload' },
      hint: `such as '{"reference": "hf:acme/tiny-flux"}'`,
    });
  }
}
