import { InvalidArgumentError } from 'commander';
import { readByteRate } from './byte-rate.ts';

/** @internal A number of bytes from the command line: `500M`, `40G`. */
export function readByteCount(value: string): number {
  const bytes = readByteRate(value);
  if (bytes === null) throw new InvalidArgumentError('a number of bytes is expected, such as 500M or 40G');
  return bytes;
}
