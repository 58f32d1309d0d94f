import { expect, it } from 'vitest';
import { bytesSource } from '../source/bytes-source.ts';
import { hostileArchives } from './hostile-archives.test-helper.ts';
import { foreignGlobals, hostileGlobals } from './hostile-globals.test-helper.ts';
import { hostileOpcodes, type HostileSample } from './hostile-opcodes.test-helper.ts';
import { calling, callingFour } from './pickle-builder.test-helper.ts';
import { scanPickle } from './scan-pickle.ts';
import { torchZip } from './zip-builder.test-helper.ts';

const byName: readonly HostileSample[] = [
  ...hostileGlobals.map(([module, name], index): HostileSample => ({
    name: `${module}.${name}`,
    bytes:
      [calling, callingFour, (...names: [string, string]) => torchZip(callingFour(...names))][index % 3]?.(
        module,
        name,
      ) ?? new Uint8Array(0),
    verdict: 'dangerous',
  })),
  ...foreignGlobals.map(([module, name]): HostileSample => ({
    name: `${module}.${name}`,
    bytes: callingFour(module, name),
    verdict: 'suspicious',
  })),
];
const samples = [...byName, ...hostileOpcodes, ...hostileArchives];
const ranks = ['no-findings', 'unscanned', 'suspicious', 'dangerous'];

it(`the catalogue has ${samples.length} samples`, () => {
  expect(samples.length).toBeGreaterThanOrEqual(120);
  expect(new Set(samples.map(({ bytes }) => Buffer.from(bytes).toString('base64'))).size).toBe(samples.length);
});

it('none of it passes, and each gets the verdict that it deserves', async () => {
  const wrong: string[] = [];
  for (const { name, bytes, verdict } of samples) {
    const { safety } = await scanPickle(bytesSource(bytes));
    if (safety.verdict === verdict && safety.findings.length > 0) continue;
    wrong.push(`${name}: ${safety.verdict}, not ${verdict}: ${safety.findings.map(({ reason }) => reason).join(', ')}`);
    expect(ranks.indexOf(safety.verdict), name).toBeGreaterThan(0);
  }
  expect(wrong).toEqual([]);
});

it('a remote look never says that nothing was found', async () => {
  for (const { name, bytes } of samples) {
    const { safety } = await scanPickle(bytesSource(bytes), { isWhole: false });
    expect(safety.verdict, name).not.toBe('no-findings');
  }
});
