import { createRandom, makeRecord, randomRecord } from '../../packages/library-index/src/records.test-records.ts';

/** Models as people have them, one of which is rare: the same ones each time. */
export function* madeRecords(models: number): Generator<ReturnType<typeof makeRecord>> {
  const random = createRandom(1);
  for (let number = 1; number < models; number += 1) yield randomRecord(number, random);
  yield makeRecord(models, { officialName: 'Zebrafinch portrait v2', type: 'lora' });
}

/** What a variable says, as whole numbers with commas between. */
export function numbersOf(name: string, otherwise: string): number[] {
  return (process.env[name] ?? otherwise).split(',').map(Number);
}

/** The value that 99 of 100 do not exceed. */
export function p99(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.99) - 1] ?? Number.NaN;
}
