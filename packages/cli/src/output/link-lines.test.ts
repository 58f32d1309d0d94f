import { expect, it } from 'vitest';
import { runsText } from './link-lines.ts';

const run = { id: '0199', app: 'comfyui', appRoot: '/apps/ComfyUI', appliedAt: '2026-01-01T00:00:00.000Z' };

it('tells the runs that can be taken back, and which of them came to no end', () => {
  expect(runsText([])).toBe('no run can be taken back');
  expect(
    runsText([
      { ...run, links: 256, files: 0, isFinished: false },
      { ...run, links: 1, files: 1, isFinished: true },
    ]),
  ).toBe(`0199  ${run.appliedAt}  256 links, not finished\n0199  ${run.appliedAt}  1 link, 1 config file`);
});
