import { expect, it } from 'vitest';
import { tooManyFiles } from './too-many-files.ts';

it('says of a process how many files it may have and names more than that, of a machine nothing of the kind', () => {
  const { excludeNetwork } = process.report as { excludeNetwork?: boolean };
  const cause = new Error('EMFILE');
  const error = tooManyFiles({ what: '/data/x', systemCode: 'EMFILE', cause });
  expect(error).toMatchObject({ code: 'core.too-many-files', cause, facts: { what: '/data/x', systemCode: 'EMFILE' } });
  const { limit } = error.facts;
  const [, named] = /ulimit -n (\d+)/.exec(error.hint ?? '') ?? [];
  expect(Number(named)).toBeGreaterThanOrEqual(1_024);
  // No system but those of POSIX tells.
  if (limit !== undefined) {
    expect(Number(named)).toBeGreaterThan(limit);
    expect(error.message).toContain(`may have ${limit}`);
  }
  expect((process.report as { excludeNetwork?: boolean }).excludeNetwork).toBe(excludeNetwork);

  const machine = tooManyFiles({ what: '/data/x', systemCode: 'ENFILE' });
  expect(machine.facts.limit).toBeUndefined();
  expect([machine.message, machine.hint]).toEqual([
    expect.stringContaining('on this machine'),
    expect.stringContaining('fs.file-max'),
  ]);
});
