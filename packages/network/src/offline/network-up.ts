import { networkInterfaces } from 'node:os';

/** Addresses that lead somewhere. */
export type ListAddresses = () => readonly string[];

/** The addresses of this machine by which it can reach others: neither loopback nor link-local. Sorted. */
export const outsideAddresses: ListAddresses = () =>
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, address }) => !internal && !/^(?:fe[89ab][0-9a-f]:|169\.254\.)/i.test(address))
    .map(({ address }) => address)
    .sort();
