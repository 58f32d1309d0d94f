import { expect, it } from 'vitest';
import { bytesSource } from '../source/bytes-source.ts';
import { benignSamples, repackedSamples, scriptSample } from './benign-samples.test-helper.ts';
import { scanPickle } from './scan-pickle.ts';

it('no genuine checkpoint is dangerous, and those of plain weights have no findings', async () => {
  const samples = benignSamples();
  expect(samples.length).toBeGreaterThan(100);
  const wrong: string[] = [];
  for (const { name, bytes, hasClasses, tensors } of samples) {
    const scan = await scanPickle(bytesSource(bytes));
    const { verdict, findings } = scan.safety;
    const expected = hasClasses ? 'suspicious' : 'no-findings';
    if (verdict === expected && scan.tensors.size === tensors) continue;
    const reasons = findings.map(({ reason, global }) => `${global ?? ''} ${reason}`);
    wrong.push(`${name}: ${verdict}, ${scan.tensors.size} tensors below ${scan.below}: ${reasons.join(', ')}`);
  }
  expect(wrong).toEqual([]);
});

it('nor is one that another tool has packed', async () => {
  for (const bytes of repackedSamples()) {
    const { safety, tensors } = await scanPickle(bytesSource(bytes));
    expect(safety).toMatchObject({ verdict: 'no-findings', findings: [] });
    expect([...tensors].slice(0, 1)).toEqual([['model.0.weight', { dtype: 'F32', shape: [4, 3, 3, 3] }]]);
  }
});

it('the program of a TorchScript file is text and no pickle, whatever words it begins with', async () => {
  const { safety, tensors } = await scanPickle(bytesSource(scriptSample()));
  expect(safety.findings.map(({ severity, reason }) => [severity, reason])).toEqual([
    ['suspicious', 'TorchScript: a program that torch.jit.load runs'],
  ]);
  expect(tensors.size).toBe(3);
});
