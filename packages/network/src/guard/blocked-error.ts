import { ModelkeepError, redactUrl } from '@modelkeep/core';
import type { Block } from './judge-host.ts';

/** Raised where a connection is made, which knows no URL. Never leaves this package. */
export class BlockedTarget extends Error {
  readonly block: Block;

  constructor(block: Block) {
    super(`${block.address} is not allowed (${block.reason})`);
    this.block = block;
  }
}

/** The error of a request to a private address that is not granted. */
export function blockedError(url: string | URL, { address, reason }: Block): ModelkeepError<'network.blocked'> {
  const { origin } = new URL(url);
  return new ModelkeepError('network.blocked', {
    message: `The request to ${redactUrl(url)} was refused: ${address} is not on the public internet (${reason})`,
    facts: { url: redactUrl(url), address, reason },
    hint: `If that server is meant, grant its origin: privateOrigins: ['${origin}'].`,
  });
}
