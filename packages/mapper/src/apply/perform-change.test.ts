import { mkdtemp, readlink, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeFileSystem } from '@modelkeep/io';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLinkHands } from '../links/create-link-hands.ts';
import type { LinkHands } from '../links/link-hands.ts';
import type { RegisteredLink } from '../registry/link-row.ts';
import { checkChange } from './check-change.ts';
import { performChange } from './perform-change.ts';

let folder: string;
let target: string;
const hands = createLinkHands({ fileSystem: nodeFileSystem, maker: null });
const runId = '01890000-0000-7000-8000-000000000000';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modelkeep-mapper-'));
  target = join(folder, 'a.safetensors');
});
afterEach(() => rm(folder, { recursive: true }));

const link = (source: string, facts: Partial<RegisteredLink> = {}): RegisteredLink => ({
  target,
  source,
  previousSource: null,
  modelId: '',
  slug: '',
  fileSha256: null,
  app: 'comfyui',
  appRoot: folder,
  folder: 'models',
  planId: '',
  runId,
  strategy: 'symlink',
  mark: null,
  content: null,
  previous: null,
  leadsTo: 'file',
  state: 'done',
  createdAt: '',
  ...facts,
});

/** Does something at the last moment before a link is made. */
const lateBy = (act: () => Promise<void>): LinkHands => ({
  ...hands,
  create: async (made) => {
    await act();
    return hands.create(made);
  },
});

describe('what comes in the way between the look and the link', () => {
  const create = () => ({ target, before: null, after: link('/library/a'), runId });

  it('is left alone when it is a file', async () => {
    const late = lateBy(() => writeFile(target, 'mine'));
    expect(await performChange(late, create())).toMatchObject({
      kind: 'conflict',
      reason: { code: 'foreign-file' },
    });
    await expect(readlink(target)).rejects.toMatchObject({ code: 'EINVAL' });
  });
  it('is left alone when it is another link', async () => {
    const late = lateBy(() => symlink('/elsewhere', target));
    expect(await performChange(late, create())).toMatchObject({
      kind: 'conflict',
      reason: { code: 'foreign-link' },
    });
    expect(await readlink(target)).toBe('/elsewhere');
  });
  it('is as good as ours when it is the same link', async () => {
    const late = lateBy(() => symlink('/library/a', target));
    expect(await performChange(late, create())).toEqual({ kind: 'done', made: { by: 'symlink', mark: {} } });
  });
  it('fails when it is gone again', async () => {
    const vanishing: LinkHands = {
      ...hands,
      create: async (made) => {
        await symlink('/elsewhere', target);
        try {
          return await hands.create(made);
        } finally {
          await unlink(target);
        }
      },
    };
    expect(await performChange(vanishing, create())).toMatchObject({
      kind: 'failed',
      error: { code: 'io.exists' },
    });
  });
});

describe('a link that is being removed', () => {
  it('may be removed by somebody else at the same time', async () => {
    await symlink('/library/a', target);
    const late: LinkHands = { ...hands, remove: (path) => unlink(path).then(() => hands.remove(path)) };
    expect(await performChange(late, { target, before: link('/library/a'), after: null, runId })).toEqual({
      kind: 'done',
    });
  });
});

describe('checkChange', () => {
  const places = { prepare: async () => null, verify: async () => null };
  const check = (before: RegisteredLink | null, after: RegisteredLink | null) =>
    checkChange({ target, before, after }, { hands, places });

  it('goes on with a pending row whose link is there, to finish it', async () => {
    await symlink('/library/a', target);
    const pending = link('/library/a', { state: 'pending' });
    expect(await check(pending, link('/library/a'))).toMatchObject({ change: { restore: pending } });
    expect(await check(link('/library/a'), link('/library/a'))).toEqual({ outcome: { kind: 'kept', reason: null } });
  });
  it('keeps a wanted link that somebody else made', async () => {
    await symlink('/library/a', target);
    expect(await check(null, link('/library/a'))).toMatchObject({
      outcome: { kind: 'kept', reason: { code: 'linked-by-others' } },
    });
    expect(await check(link('/library/old'), link('/library/a'))).toMatchObject({ change: { restore: null } });
  });
  it('passes on errors that are no errors of modelkeep', async () => {
    const broken = { ...hands, read: () => Promise.reject(new TypeError('a defect')) };
    await expect(checkChange({ target, before: null, after: link('/x') }, { hands: broken, places })).rejects.toThrow(
      TypeError,
    );
    await expect(performChange(broken, { target, before: null, after: link('/x'), runId })).rejects.toThrow(TypeError);
  });
});
