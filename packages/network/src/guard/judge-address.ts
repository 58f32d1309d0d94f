import type { ErrorFacts } from '@modelkeep/core';
import ipaddr from 'ipaddr.js';

/** Why an address is not one of the public internet. */
export type BlockReason = ErrorFacts['network.blocked']['reason'];

const IPV4_REASONS: Partial<Record<string, BlockReason>> = {
  loopback: 'loopback',
  unspecified: 'unspecified',
  private: 'private',
  linkLocal: 'link-local',
  carrierGradeNat: 'carrier-grade-nat',
  multicast: 'multicast',
  broadcast: 'broadcast',
};
const IPV6_REASONS: Partial<Record<string, BlockReason>> = {
  loopback: 'loopback',
  unspecified: 'unspecified',
  uniqueLocal: 'private',
  deprecatedSiteLocal: 'private',
  linkLocal: 'link-local',
  multicast: 'multicast',
};

/** Where IPv6 addresses carry an IPv4 address that the packet ends up at: the index of its first 16-bit part. */
const EMBEDDED_AT: Partial<Record<string, number>> = { ipv4Mapped: 6, rfc6052: 6, '6to4': 1 };

/** RFC 8215: NAT64 prefixes of a local network, where the place of the IPv4 address is the network's own choice. */
const LOCAL_NAT64: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('64:ff9b:1::'), 48];
/** All of the public internet in IPv6 (RFC 4291, 2.4; the IANA registry of global unicast assignments). */
const GLOBAL_UNICAST: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3];

/**
 * Judges an IP address.
 *
 * @param address - as text in any form that {@link ipaddr.isValid} takes, such as `127.0.0.1` or `::1`
 * @returns why it is not public, or undefined for a public one
 */
export function judgeAddress(address: string): BlockReason | undefined {
  if (!ipaddr.isValid(address)) return 'reserved';
  const parsed = ipaddr.parse(address);
  return parsed.kind() === 'ipv4' ? judgeIpv4(parsed as ipaddr.IPv4) : judgeIpv6(parsed as ipaddr.IPv6);
}

function judgeIpv4(address: ipaddr.IPv4): BlockReason | undefined {
  const range = address.range();
  return range === 'unicast' ? undefined : (IPV4_REASONS[range] ?? 'reserved');
}

function judgeIpv6(address: ipaddr.IPv6): BlockReason | undefined {
  const range: string = address.range();
  const embeddedAt = address.match(LOCAL_NAT64) ? undefined : EMBEDDED_AT[range];
  if (embeddedAt !== undefined) {
    const [high = 0, low = 0] = address.parts.slice(embeddedAt);
    return judgeIpv4(new ipaddr.IPv4([high >> 8, high & 255, low >> 8, low & 255]));
  }
  const reason = IPV6_REASONS[range];
  if (reason !== undefined) return reason;
  return range === 'unicast' && address.match(GLOBAL_UNICAST) ? undefined : 'reserved';
}
