import { createHash } from 'node:crypto';

const UUID = /^([0-9a-f]{8})-([0-9a-f]{4})-[0-9a-f]([0-9a-f]{3})-([0-9a-f]{3})[0-9a-f]-[0-9a-f]{12}$/;
const TIME_BITS = 42n;

/**
 * @internal The number of a model's rows, 63 bits that follow from its id alone: whenever and in whatever order models came
 * into an index, the newest of them are the same. UUIDv7: 42 bits of the time and 21 of what is random.
 */
export function modelKeyOf(id: string): bigint {
  const [, high, low, random, more] = UUID.exec(id) ?? [];
  if (high === undefined || low === undefined || random === undefined || more === undefined) {
    return BigInt.asUintN(63, createHash('sha256').update(id).digest().readBigUInt64BE());
  }
  const time = BigInt.asUintN(Number(TIME_BITS), BigInt(`0x${high}${low}`));
  return (time << 21n) | BigInt.asUintN(21, BigInt(`0x${random}${more}`) >> 3n);
}
