import { createHash } from 'node:crypto';
import { appendFile, lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createIo } from '../create-io.ts';
import { translateSystemError } from '../errors/translate-system-error.ts';
import { nodeFileSystem } from '../node/node-file-system.ts';
import type { FileSystem } from '../ports/file-system.ts';
import { linkMaker } from './link-maker.ts';
import { linkSituation } from './link-situation.ts';
import type { LinkIdentity, LinkStrategy } from './link-strategy.ts';
import { lookAtLink } from './look-at-link.ts';
import { makeLink, type LinkMaker, type MakeLinkOptions } from './make-link.ts';
import { removeLink } from './remove-link.ts';
import { windowsWithoutRights } from './windows.test-helper.ts';

const io = createIo({ workers: 'in-thread' });
afterAll(() => io.close());

let folder: string;
let app: string;
let existing: string;
let path: string;
const content = { sizeBytes: 7, sha256: createHash('sha256').update('weights').digest('hex') };
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modelkeep-make-link-'));
  app = join(folder, 'app');
  existing = join(folder, 'ink.safetensors');
  path = join(app, 'ink.safetensors');
  await mkdir(app);
  await writeFile(existing, 'weights');
});
afterEach(() => rm(folder, { recursive: true }));

function refuse(code: string): (...args: readonly unknown[]) => Promise<never> {
  return async () => {
    throw translateSystemError(Object.assign(new Error(code), { code }), { path, operation: 'link' });
  };
}

/** A drive that clones: a copy stands in for the clone. */
const cloning: FileSystem = {
  ...nodeFileSystem,
  reflink: async (source, target) => {
    await nodeFileSystem.writeFile(target, { data: await nodeFileSystem.readFile(source, { maxBytes: 1_000 }) });
  },
};
const over = (fileSystem: FileSystem): LinkMaker => ({ ...linkMaker(io), fileSystem });
const options = (strategies: readonly LinkStrategy[], change: Partial<MakeLinkOptions> = {}): MakeLinkOptions => ({
  existing,
  path,
  kind: 'file',
  strategies,
  content,
  ...change,
});
const fileStrategies = ['reflink', 'symlink', 'hardlink', 'copy'] as const;

describe.each(fileStrategies)('%s', (strategy) => {
  const maker = over(cloning);

  it('makes the file appear, and is recognised and removed by what was recorded', async () => {
    const { identity, passedOver } = await makeLink(maker, options([strategy]));
    expect(identity.strategy).toBe(strategy);
    expect(passedOver).toEqual([]);
    expect(await readFile(path, 'utf8')).toBe('weights');
    const [link, original] = [await lstat(path), await lstat(existing)];
    expect(link.ino === original.ino).toBe(strategy === 'hardlink');
    expect(link.isSymbolicLink()).toBe(strategy === 'symlink');
    expect(await lookAtLink(maker, { path, identity })).toBe('ours');
    expect(await removeLink(maker, { path, identity })).toBe('removed');
    expect(await removeLink(maker, { path, identity })).toBe('absent');
    expect(await readFile(existing, 'utf8')).toBe('weights');
    expect(await readdir(app)).toEqual([]);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['a file', () => writeFile(path, 'weighty')],
    ['an empty file', () => writeFile(path, '')],
    ['a link that leads nowhere', () => symlink('nowhere', path)],
    ['a folder', () => mkdir(path)],
  ])('never takes the place of %s', async (_name, put) => {
    await put();
    const before = await lstat(path);
    const identities: (LinkIdentity | undefined)[] = [
      undefined,
      { strategy: 'symlink', target: existing },
      { strategy: 'hardlink', device: '0', inode: '0' },
      { strategy: 'copy', ...content },
    ];
    for (const replaces of identities) {
      const call = makeLink(maker, options([strategy], { replaces }));
      await expect(call).rejects.toMatchObject({ code: 'io.exists', facts: { path } });
      if (replaces !== undefined) expect(await removeLink(maker, { path, identity: replaces })).toBe('left');
    }
    expect((await lstat(path)).ino).toBe(before.ino);
    expect(await readdir(app)).toEqual(['ink.safetensors']);
  });

  it.each(fileStrategies)('takes the place of a %s of ours', async (earlier) => {
    const other = join(folder, 'other.safetensors');
    await writeFile(other, 'earlier');
    const earlierContent = { sizeBytes: 7, sha256: createHash('sha256').update('earlier').digest('hex') };
    const first = await makeLink(maker, options([earlier], { existing: other, content: earlierContent }));
    const { identity } = await makeLink(maker, options([strategy], { replaces: first.identity }));
    expect(await lookAtLink(maker, { path, identity })).toBe('ours');
    expect(await readFile(path, 'utf8')).toBe('weights');
    expect(await readFile(other, 'utf8')).toBe('earlier');
    expect(await readdir(app)).toEqual(['ink.safetensors']);
    // Made again it stays.
    expect((await makeLink(maker, options([strategy], { replaces: identity }))).identity).toEqual(identity);
    expect(await readdir(app)).toEqual(['ink.safetensors']);
  });

  it('leaves what takes the place at the last moment', async () => {
    const { identity } = await makeLink(maker, options(['copy']));
    const theirs = async (): Promise<void> => {
      await rm(path);
      await writeFile(path, 'theirs');
    };
    const late = over({
      ...cloning,
      symlink: (link) => cloning.symlink(link).then(theirs),
      link: (source, target) => cloning.link(source, target).then(theirs),
      reflink: (source, target) => cloning.reflink(source, target).then(theirs),
    });
    const copy: LinkMaker['copy'] = async (copied) => {
      const found = await maker.copy(copied);
      await theirs();
      return found;
    };
    const call = makeLink({ ...late, copy }, options([strategy], { replaces: identity }));
    await expect(call).rejects.toMatchObject({ code: 'io.exists' });
    expect(await readFile(path, 'utf8')).toBe('theirs');
    expect(await readdir(app)).toEqual(['ink.safetensors']);
  });

  it('leaves nothing behind when the drive is full', async () => {
    const full = over({
      ...cloning,
      link: refuse('ENOSPC'),
      symlink: refuse('ENOSPC'),
      fsyncFile: refuse('ENOSPC'),
    });
    const copy: LinkMaker['copy'] = refuse('ENOSPC');
    const call = makeLink({ ...full, copy }, options([strategy, 'symlink']));
    await expect(call).rejects.toMatchObject({ code: 'io.disk-full' });
    expect(await readdir(app)).toEqual([]);
  });
});

it.each(fileStrategies)('of eight that make a %s at once, one does', async (strategy) => {
  const calls = Array.from({ length: 8 }, () => makeLink(over(cloning), options([strategy])));
  const results = await Promise.allSettled(calls);
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const result of results) {
    if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'io.exists' });
  }
  expect(await readdir(app)).toEqual(['ink.safetensors']);
  expect(await readFile(path, 'utf8')).toBe('weights');
});

describe('a copy or clone of ours', () => {
  it.each(['reflink', 'copy'] as const)('that an app wrote into is not ours any more: %s', async (strategy) => {
    const maker = over(cloning);
    const { identity } = await makeLink(maker, options([strategy]));
    await writeFile(path, 'WEIGHTS');
    expect(await removeLink(maker, { path, identity })).toBe('left');
    await expect(makeLink(maker, options([strategy], { replaces: identity }))).rejects.toMatchObject({
      code: 'io.exists',
    });
    expect(await readFile(path, 'utf8')).toBe('WEIGHTS');
  });

  it.each(['reflink', 'copy'] as const)('is not made of other bytes than were named: %s', async (strategy) => {
    await appendFile(existing, '!');
    const call = makeLink(over(cloning), options([strategy]));
    await expect(call).rejects.toMatchObject({ code: 'io.changed-while-read', facts: { path: existing } });
    expect(await readdir(app)).toEqual([]);
  });

  it('is made on a drive without hard links too', async () => {
    const exfat = over({
      ...nodeFileSystem,
      link: refuse('EPERM'),
      symlink: refuse('EPERM'),
      reflink: refuse('ENOTSUP'),
    });
    const { identity, passedOver } = await makeLink(exfat, options(fileStrategies));
    expect(identity).toEqual({ strategy: 'copy', ...content });
    expect(passedOver).toEqual([
      { strategy: 'reflink', reason: 'drive-cannot', systemCode: 'ENOTSUP' },
      { strategy: 'symlink', reason: 'no-rights', systemCode: 'EPERM' },
      { strategy: 'hardlink', reason: 'drive-cannot', systemCode: 'EPERM' },
    ]);
    expect(await readdir(app)).toEqual(['ink.safetensors']);
    await expect(makeLink(exfat, options(['copy']))).rejects.toMatchObject({ code: 'io.exists' });
  });

  it('on a drive without hard links leaves what takes the name in between', async () => {
    let looks = 0;
    const fileSystem: FileSystem = {
      ...nodeFileSystem,
      link: refuse('EPERM'),
      async lstat(asked) {
        if (asked === path && (looks += 1) === 2) await writeFile(path, 'theirs');
        return nodeFileSystem.lstat(asked);
      },
    };
    await expect(makeLink(over(fileSystem), options(['copy']))).rejects.toMatchObject({ code: 'io.exists' });
    expect(await readFile(path, 'utf8')).toBe('theirs');
    expect(await readdir(app)).toEqual(['ink.safetensors']);
  });

  it('on a drive without hard links leaves no empty file when the rename fails', async () => {
    const fileSystem: FileSystem = { ...nodeFileSystem, link: refuse('EPERM'), rename: refuse('EIO') };
    await expect(makeLink(over(fileSystem), options(['copy']))).rejects.toMatchObject({ code: 'io.failed' });
    expect(await readdir(app)).toEqual([]);
  });
});

describe('a folder', () => {
  beforeEach(async () => {
    await mkdir(join(folder, 'diffusers'));
    await writeFile(join(folder, 'diffusers', 'model_index.json'), '{}');
  });
  const forFolder = (): MakeLinkOptions => ({
    existing: join(folder, 'diffusers'),
    path: join(app, 'diffusers'),
    kind: 'folder',
    strategies: ['reflink', 'symlink', 'junction', 'hardlink', 'copy'],
    content,
  });

  it('appears as a symlink', async () => {
    const { identity } = await makeLink(over(nodeFileSystem), forFolder());
    expect(identity).toEqual({ strategy: 'symlink', target: join(folder, 'diffusers') });
    expect(await readdir(join(app, 'diffusers'))).toEqual(['model_index.json']);
  });

  it('appears as a junction on a Windows without rights, which is recognised with the separator that it gets', async () => {
    const maker = over(windowsWithoutRights(nodeFileSystem));
    const { identity, passedOver } = await makeLink(maker, forFolder());
    expect(identity).toEqual({ strategy: 'junction', target: join(folder, 'diffusers') });
    expect(passedOver).toEqual([{ strategy: 'symlink', reason: 'no-rights', systemCode: 'EPERM' }]);
    const link = { path: join(app, 'diffusers'), identity };
    expect(await lookAtLink(maker, link)).toBe('ours');
    expect(await lookAtLink(maker, { ...link, identity: { strategy: 'junction', target: app } })).toBe('other');
    expect(await removeLink(maker, link)).toBe('removed');
    expect(await readdir(join(folder, 'diffusers'))).toEqual(['model_index.json']);
  });

  it('appears as another junction where one of ours is', async () => {
    const maker = over(windowsWithoutRights(nodeFileSystem));
    const place = join(app, 'diffusers');
    const first = await makeLink(maker, { ...forFolder(), existing: folder });
    const { identity } = await makeLink(maker, { ...forFolder(), replaces: first.identity });
    expect(await lookAtLink(maker, { path: place, identity })).toBe('ours');
    expect(await readdir(app)).toEqual(['diffusers']);
    const call = makeLink(maker, { ...forFolder(), replaces: first.identity });
    await expect(call).rejects.toMatchObject({ code: 'io.exists' });
    expect(await readdir(place)).toEqual(['model_index.json']);
  });

  it('has no way left where neither works', async () => {
    const call = makeLink(over(nodeFileSystem), { ...forFolder(), strategies: ['hardlink', 'copy'] });
    await expect(call).rejects.toMatchObject({ code: 'core.invalid-argument' });
  });
});

describe('what decides', () => {
  it('is found out in the folder of the link', async () => {
    expect(await linkSituation(cloning, { existing, path, appWrites: true })).toEqual({
      kind: 'file',
      isSameDrive: true,
      isNetworkFolder: false,
      appWrites: true,
      abilities: { reflink: true, symlink: true, hardlink: true, junction: false, codes: {} },
    });
    expect(await readdir(app)).toEqual([]);
  });

  it('sees another drive and another machine', async () => {
    const shared = String.raw`\\nas\models\flux`;
    const fileSystem: FileSystem = {
      ...windowsWithoutRights(nodeFileSystem),
      stat: async (asked) => ({ ...(await nodeFileSystem.stat(asked === shared ? folder : asked)), device: asked }),
    };
    expect(await linkSituation(fileSystem, { existing: shared, path, platform: 'win32' })).toMatchObject({
      kind: 'folder',
      isSameDrive: false,
      isNetworkFolder: true,
      abilities: { junction: true, symlink: false },
    });
    const long = String.raw`\\?\C:\models\flux`;
    const local = { ...fileSystem, stat: () => nodeFileSystem.stat(folder) };
    expect(await linkSituation(local, { existing: long, path, platform: 'win32' })).toMatchObject({
      isNetworkFolder: false,
    });
  });

  it('stops with the signal', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(makeLink(over(nodeFileSystem), options(['symlink'], { signal }))).rejects.toThrow('enough');
    expect(await readdir(app)).toEqual([]);
  });

  it('passes over a file that has too many names', async () => {
    const maker = over({ ...nodeFileSystem, link: refuse('EMLINK') });
    const { identity, passedOver } = await makeLink(maker, options(['hardlink', 'symlink']));
    expect(identity.strategy).toBe('symlink');
    expect(passedOver).toEqual([{ strategy: 'hardlink', reason: 'too-many-names', systemCode: 'EMLINK' }]);
  });
});
