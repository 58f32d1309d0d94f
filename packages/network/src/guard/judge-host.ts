import { isIP } from 'node:net';
import { judgeAddress, type BlockReason } from './judge-address.ts';

/** A target that is refused. */
export interface Block {
  /** The address, or the name that stands for one. */
  readonly address: string;
  readonly reason: BlockReason;
}

/** Names that no public server has: RFC 6761, 6762, 8375, ICANN's `internal`, and what resolvers make of `localhost`. */
const LOCAL_SUFFIX = /(?:^|\.)(?:localhost|localdomain|local|internal|home\.arpa)$/;

/**
 * Judges a host without looking it up: an IP literal by its address, a name by whether it can only mean this machine or
 * the network around it. A name without a dot is such a name.
 *
 * @param hostname - as a parsed URL has it (`URL` has brought `127.1`, `0x7f000001` and full-width digits into the one
 *   form), with or without the brackets of IPv6
 */
export function judgeHost(hostname: string): Block | undefined {
  const address = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  if (isIP(address) !== 0) {
    const reason = judgeAddress(address);
    return reason === undefined ? undefined : { address, reason };
  }
  const name = address.toLowerCase().replace(/\.+$/, '');
  return !name.includes('.') || LOCAL_SUFFIX.test(name) ? { address: name, reason: 'local-name' } : undefined;
}
