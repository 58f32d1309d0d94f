import { createHash } from 'node:crypto';
import {
  mkdir,
  mkdtemp,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createIo, linkMaker, nodeFileSystem, translateSystemError, type FileSystem, type Io } from '@modelkeep/io';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { treeOf } from '../mapper.test-world.ts';
import { createLinkHands } from './create-link-hands.ts';
import type { KnownLink, LinkToMake } from './link-hands.ts';
import { markText } from './link-mark.ts';

let folder: string;
let io: Io;
const at = (name: string): string => join(folder, name);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modelkeep-mapper-'));
  io = createIo({ workers: 'in-thread' });
  await writeFile(at('source'), CONTENT);
});
afterEach(async () => {
  await io.close();
  await rm(folder, { recursive: true });
});

const CONTENT = 'the weights';
const sha256 = createHash('sha256').update(CONTENT).digest('hex');
const hands = (fileSystem: FileSystem = nodeFileSystem) => createLinkHands({ fileSystem, maker: linkMaker(io) });

async function wanted(strategy: string, facts: Partial<LinkToMake> = {}): Promise<LinkToMake> {
  const { dev, ino } = await stat(at('source'), { bigint: true });
  const mark = markText({ device: String(dev), inode: String(ino), sizeBytes: CONTENT.length, sha256 });
  const place = { target: at('link'), temporary: at('.tmp'), leadsTo: 'file' as const };
  return { source: at('source'), strategy, mark, content: null, ...place, ...facts };
}

/** A drive that answers so to some calls. */
function refusing(codes: Readonly<Partial<Record<'symlink' | 'link' | 'reflink', string>>>): FileSystem {
  const fail = (code: string, path: string): Promise<never> =>
    Promise.reject(translateSystemError(Object.assign(new Error(code), { code }), { operation: 'link', path }));
  return {
    ...nodeFileSystem,
    symlink: (link) => (codes.symlink === undefined ? nodeFileSystem.symlink(link) : fail(codes.symlink, link.path)),
    link: (from, to) =>
      codes.link === undefined || from.endsWith('.tmp') ? nodeFileSystem.link(from, to) : fail(codes.link, to),
    reflink: (from, to) => (codes.reflink === undefined ? nodeFileSystem.reflink(from, to) : fail(codes.reflink, to)),
  };
}

describe('read', () => {
  it('tells what is there without following it', async () => {
    await mkdir(at('folder'));
    await symlink('nowhere', at('dangling'));
    await symlink('loop', at('loop'));
    const made = hands();
    expect(await made.read(at('source'), [])).toEqual({ kind: 'other', what: 'file', sizeBytes: CONTENT.length });
    expect(await made.read(at('folder'), [])).toMatchObject({ kind: 'other', what: 'folder' });
    expect(await made.read(at('dangling'), [])).toMatchObject({ kind: 'link', source: 'nowhere', is: null });
    expect(await made.read(at('loop'), [])).toMatchObject({ kind: 'link', source: 'loop', is: null });
    expect(await made.read(at('nothing'), [])).toEqual({ kind: 'absent' });
    expect(await made.read(at('source/below'), [])).toEqual({ kind: 'absent' });
  });

  it('does not take a link that cannot be read for something else', async () => {
    await symlink('nowhere', at('link'));
    const error = Object.assign(new Error('EIO'), { code: 'EIO' });
    const failing = hands({
      ...nodeFileSystem,
      readlink: (path) => Promise.reject(translateSystemError(error, { operation: 'read the link', path })),
    });
    await expect(failing.read(at('link'), [])).rejects.toMatchObject({ code: 'io.failed' });
    expect(await failing.read(at('nothing'), [])).toEqual({ kind: 'absent' });
  });

  it('takes a junction for the same with and without a separator at its end', async () => {
    await symlink('C:\\library\\model\\', at('junction'));
    const known: KnownLink = { source: 'C:\\library\\model', strategy: 'junction', mark: null, content: null };
    expect(await hands().read(at('junction'), [known])).toMatchObject({ is: known, made: { by: 'junction' } });
    expect(await hands().read(at('junction'), [{ ...known, strategy: 'symlink' }])).toMatchObject({ is: null });
  });
});

describe.each(['symlink', 'hardlink', 'copy', 'written'])('a %s', (strategy) => {
  const link = () => wanted(strategy, strategy === 'written' ? { content: CONTENT, source: `sha256:${sha256}` } : {});

  it('is made, known again, and removed', async () => {
    const made = await hands().create(await link());
    expect(made.by).toBe(strategy);
    expect(await readFile(at('link'), 'utf8')).toBe(CONTENT);
    const recorded = { ...(await link()), mark: markText(made.mark) };
    expect(await hands().read(at('link'), [recorded])).toMatchObject({
      kind: 'link',
      is: recorded,
      made: { by: strategy },
    });
    await hands().remove(at('link'));
    expect(await readFile(at('source'), 'utf8')).toBe(CONTENT);
    expect(Object.keys(await treeOf(folder))).toEqual(['source']);
  });

  it('never takes the place of anything', async () => {
    await writeFile(at('link'), 'mine');
    await expect(hands().create(await link())).rejects.toMatchObject({ code: 'io.exists' });
    expect(await readFile(at('link'), 'utf8')).toBe('mine');
    expect(await hands().read(at('link'), [await link()])).toMatchObject({ kind: 'other' });
    await unlink(at('link'));
    await symlink('nowhere', at('link'));
    await expect(hands().create(await link())).rejects.toMatchObject({ code: 'io.exists' });
    expect(await readlink(at('link'))).toBe('nowhere');
    expect(Object.keys(await treeOf(folder)).toSorted()).toEqual(['link', 'source']);
  });

  it('takes the place of another one of ours in one step, and leaves nothing behind', async () => {
    await symlink('/old', at('link'));
    await symlink('/left-by-a-killed-process', at('.tmp'));
    await hands().replace(await link());
    expect(await readFile(at('link'), 'utf8')).toBe(CONTENT);
    expect(Object.keys(await treeOf(folder)).toSorted()).toEqual(['link', 'source']);
  });
});

describe('a hard link', () => {
  it('is known by the file that it is, also when the drive has another number', async () => {
    await hands().create(await wanted('hardlink'));
    const { ino } = await stat(at('source'), { bigint: true });
    const moved = await wanted('hardlink', { mark: markText({ device: '999999', inode: String(ino) }) });
    expect(await hands().read(at('link'), [moved])).toMatchObject({ is: moved });
  });
  it('is not known when another file has its name', async () => {
    const link = await wanted('hardlink');
    await hands().create(link);
    await writeFile(at('other'), CONTENT);
    await rename(at('other'), at('link'));
    expect(await hands().read(at('link'), [link])).toMatchObject({ kind: 'other', what: 'file' });
  });
});

describe('a copy', () => {
  it('is known by its bytes when it was touched, and not when they were changed', async () => {
    const made = await hands().create(await wanted('copy'));
    const recorded = await wanted('copy', { mark: markText(made.mark) });
    await utimes(at('link'), 1, 1);
    expect(await hands().read(at('link'), [recorded])).toMatchObject({ is: recorded });
    await writeFile(at('link'), 'the WEIGHTS');
    expect(await hands().read(at('link'), [recorded])).toMatchObject({ kind: 'other' });
  });
  it('is not made of bytes that are not those of the model', async () => {
    const link = await wanted('copy');
    await writeFile(at('source'), 'the WEIGHTS');
    await expect(hands().create(link)).rejects.toMatchObject({ code: 'io.changed-while-read' });
    expect(Object.keys(await treeOf(folder))).toEqual(['source']);
  });
  it('is not made where nobody reads bytes', async () => {
    const blind = createLinkHands({ fileSystem: nodeFileSystem, maker: null });
    await expect(blind.create(await wanted('copy'))).rejects.toMatchObject({ code: 'mapper.link-refused' });
  });
});

describe('several ways', () => {
  it.each([
    ['hardlink symlink', { link: 'EXDEV' }, 'symlink'],
    ['symlink hardlink', { symlink: 'EPERM' }, 'hardlink'],
    ['reflink hardlink', { reflink: 'ENOTSUP' }, 'hardlink'],
    ['reflink hardlink copy', { reflink: 'ENOSYS', link: 'EMLINK' }, 'copy'],
  ])('%s on a drive with %j becomes a %s', async (strategy, codes, expected) => {
    const made = await hands(refusing(codes)).create(await wanted(strategy));
    expect(made.by).toBe(expected);
    expect(await readFile(at('link'), 'utf8')).toBe(CONTENT);
    expect(Object.keys(await treeOf(folder)).toSorted()).toEqual(['link', 'source']);
  });
  it('are no copy unless it is one of them', async () => {
    const drive = refusing({ symlink: 'EPERM', link: 'EPERM', reflink: 'ENOSYS' });
    const made = hands(drive).create(await wanted('symlink hardlink reflink'));
    await expect(made).rejects.toMatchObject({ code: 'mapper.link-refused', facts: { systemCode: 'ENOSYS' } });
  });
  it('end at an error that is none of the way', async () => {
    const made = hands(refusing({ symlink: 'ENOSPC' })).create(await wanted('symlink hardlink'));
    await expect(made).rejects.toMatchObject({ code: 'io.disk-full' });
  });
  it('make a junction of a folder where symlinks are refused', async () => {
    await mkdir(at('model'));
    const kinds: (string | undefined)[] = [];
    const windows: FileSystem = {
      ...nodeFileSystem,
      symlink: (link) => {
        kinds.push(link.kind);
        return link.kind === 'junction' ? nodeFileSystem.symlink(link) : refusing({ symlink: 'EPERM' }).symlink(link);
      },
    };
    const link = await wanted('symlink junction hardlink', { source: at('model'), leadsTo: 'folder' });
    expect((await hands(windows).create(link)).by).toBe('junction');
    expect(kinds).toEqual(['folder', 'junction']);
  });
  it('replace a junction where the system renames nothing over a folder', async () => {
    await symlink('/old', at('link'));
    const windows: FileSystem = {
      ...nodeFileSystem,
      rename: async (from, to) => {
        if ((await nodeFileSystem.lstat(to).catch(() => null))?.kind === 'symlink')
          throw translateSystemError(Object.assign(new Error('EPERM'), { code: 'EPERM' }), {
            operation: 'rename',
            path: to,
          });
        await nodeFileSystem.rename(from, to);
      },
    };
    await hands(windows).replace(await wanted('junction', { leadsTo: 'folder' }));
    expect(await readlink(at('link'))).toBe(at('source'));
  });
});

it('does not use a temporary name that a file has, where only links are made', async () => {
  await symlink('/old', at('link'));
  await writeFile(at('.tmp'), 'mine');
  await expect(hands().replace(await wanted('symlink'))).rejects.toMatchObject({ code: 'io.exists' });
  expect(await readlink(at('link'))).toBe('/old');
});
