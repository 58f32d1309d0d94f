import { createIo } from '@modelkeep/io';
import { expect, it } from 'vitest';
import { tempFolder } from '../workspace.test-helper.ts';
import { openWorkspace } from '../workspace/open-workspace.ts';

it('says what the drive of the library is, and what follows from it', async () => {
  await using folder = await tempFolder();
  await using io = createIo({ workers: 'in-thread' });
  const { mountPoint, fileSystemType } = await io.driveOf(folder.path);
  const root = folder.join('library');
  const drives = [{ drive: mountPoint, kind: 'network' as const }];
  await using workspace = await openWorkspace({ root, drives });
  const { drive, findings } = await workspace.diagnose();
  expect(drive).toMatchObject({ kind: 'network', mountPoint, fileSystemType });
  expect(findings.filter(({ check }) => check === 'drive')).toContainEqual({
    level: 'warning',
    check: 'drive',
    message: expect.stringMatching(/is a share .*: let one machine write/),
  });
  expect(findings.some(({ level }) => level === 'problem')).toBe(false);
  await using reader = await openWorkspace({ root, mode: 'read' });
  expect((await reader.diagnose()).findings.filter(({ level }) => level === 'problem')).toEqual([]);
});

it('says whether a place is good for something before it is used', async () => {
  await using folder = await tempFolder();
  await using workspace = await openWorkspace({ root: folder.join('library') });
  const missing = await workspace.checkPlace(folder.join('nothing'), { for: 'source' });
  expect(missing).toMatchObject({ usable: false, findings: [{ code: 'missing' }] });
  const target = await workspace.checkPlace(folder.join('new', 'library'), { for: 'target', bytes: 1_000 });
  expect(target).toMatchObject({ usable: true, path: folder.join('new', 'library') });
});
