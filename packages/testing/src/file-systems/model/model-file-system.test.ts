import { systemCodeOf } from '@modelkeep/io';
import { describe, expect, it } from 'vitest';
import { createSeededRandom } from '../../builders/seeded-bytes.ts';
import { createModelFileSystem, type ModelFileSystem } from './create-model-file-system.ts';

const seeds = Array.from({ length: 60 }, (_, seed) => createSeededRandom(seed + 1));

/** What power losses of all kinds leave of a path: its text, or null. */
async function fates(model: ModelFileSystem, path: string): Promise<Set<string | null>> {
  const found = new Set<string | null>();
  for (const random of seeds) {
    const { fileSystem } = model.crash(random);
    const bytes = await fileSystem.readFile(path, { maxBytes: 1e6 }).catch(() => null);
    found.add(bytes === null ? null : Buffer.from(bytes).toString('latin1'));
  }
  return found;
}

const codeOf = (call: Promise<unknown>): Promise<string | undefined> =>
  call.then(
    () => undefined,
    (error: unknown) => systemCodeOf(error),
  );

describe('the model file system', () => {
  it('loses a name until its folder is fsynced, and then never', async () => {
    const model = createModelFileSystem();
    await model.fileSystem.writeFile('/a', { data: 'one' });
    expect(await fates(model, '/a')).toEqual(new Set([null, 'one']));
    await model.fileSystem.fsyncFolder('/');
    expect(await fates(model, '/a')).toEqual(new Set(['one']));
  });

  it('loses, keeps or tears what was written and not synced', async () => {
    const model = createModelFileSystem();
    const { bulkFileSystem: bulk } = model;
    const descriptor = bulk.open('/a', { mode: 'create' });
    await model.fileSystem.fsyncFolder('/');
    bulk.write(descriptor, { bytes: Buffer.alloc(1_024, 'x'), position: 0 });
    const sizes = [...(await fates(model, '/a'))].map((text) => text?.length);
    expect(new Set(sizes)).toEqual(new Set([0, 512, 1_024]));
    bulk.fdatasync(descriptor);
    expect(await fates(model, '/a')).toEqual(new Set(['x'.repeat(1_024)]));
    bulk.truncate(descriptor, 3);
    expect(await fates(model, '/a')).toEqual(new Set(['xxx', 'x'.repeat(1_024)]));
    bulk.close(descriptor);
    expect(() => bulk.fsync(descriptor)).toThrow('EBADF');
  });

  it('renames as a whole, durable when both folders are fsynced', async () => {
    const model = createModelFileSystem();
    const { fileSystem } = model;
    await fileSystem.mkdir('/b');
    await fileSystem.writeFile('/a', { data: 'one' });
    await fileSystem.fsyncFolder('/');
    await fileSystem.rename('/a', '/b/a');
    await fileSystem.fsyncFolder('/b');
    for (const random of seeds) {
      const left = model.crash(random).fileSystem;
      const names = [...(await left.readdir('/')), ...(await left.readdir('/b'))].map(({ name }) => name);
      expect(names.filter((name) => name === 'a')).toHaveLength(1);
    }
    await fileSystem.fsyncFolder('/');
    expect(await fates(model, '/b/a')).toEqual(new Set(['one']));
  });

  it('keeps the order of changes of one name, and of what was in a folder that went', async () => {
    const model = createModelFileSystem();
    const { fileSystem } = model;
    await fileSystem.mkdir('/b');
    await fileSystem.writeFile('/b/a', { data: 'one' });
    await fileSystem.fsyncFolder('/b');
    await fileSystem.fsyncFolder('/');
    await fileSystem.rename('/b/a', '/a');
    await fileSystem.rmdir('/b');
    await fileSystem.writeFile('/new', { data: 'two' });
    await fileSystem.rename('/new', '/a');
    for (const random of seeds) {
      const left = model.crash(random).fileSystem;
      const where = [await codeOf(left.lstat('/a')), await codeOf(left.lstat('/b/a'))];
      expect(where.filter((code) => code === undefined)).toHaveLength(1);
    }
    expect(await fates(model, '/a')).toEqual(new Set([null, 'one', 'two']));
  });

  it('answers like a drive', async () => {
    const model = createModelFileSystem({ reflinks: true });
    const { fileSystem, bulkFileSystem: bulk } = model;
    await fileSystem.mkdir('/d');
    await fileSystem.writeFile('/d/f', { data: 'text' });
    await fileSystem.link('/d/f', '/d/g');
    await fileSystem.symlink({ target: 'd/f', path: '/s' });
    await fileSystem.symlink({ target: '../d', path: '/d/up' });
    await fileSystem.reflink('/d/f', '/d/r');
    expect(await fileSystem.lstat('/d/g')).toMatchObject({
      kind: 'file',
      sizeBytes: 4,
      linkCount: 2,
      diskBytes: 4_096,
    });
    expect(await fileSystem.stat('/s')).toMatchObject({ kind: 'file', sizeBytes: 4 });
    expect(await fileSystem.realpath('/d/up/up/f')).toBe('/d/f');
    expect(await fileSystem.readlink('/s')).toBe('d/f');
    expect((await fileSystem.lstat('/d/r')).inode).not.toBe((await fileSystem.lstat('/d/f')).inode);
    expect(model.describe()).toContain('/s -> d/f');
    const file = await fileSystem.createAppend('/log');
    await file.append('a');
    await file.append(Buffer.from('b'));
    await file.close();
    expect(Buffer.from(await fileSystem.readFile('/log', { maxBytes: 2 })).toString()).toBe('ab');
    await fileSystem.chmod('/log', 0o444);
    bulk.chmod(bulk.open('/log', { mode: 'read' }), 0o600);
    expect((await fileSystem.stat('/log')).mode).toBe(0o600);
    bulk.unlink('/d/r');
    bulk.reflink('/d/f', '/d/r');

    expect(await codeOf(fileSystem.mkdir('/d'))).toBe('EEXIST');
    expect(await codeOf(fileSystem.readdir('/log'))).toBe('ENOTDIR');
    expect(await codeOf(fileSystem.readFile('/log', { maxBytes: 1 }))).toBe('EFBIG');
    expect(await codeOf(fileSystem.readFile('/d', { maxBytes: 1 }))).toBe('EISDIR');
    expect(await codeOf(fileSystem.link('/d', '/e'))).toBe('EPERM');
    expect(await codeOf(fileSystem.readlink('/log'))).toBe('EINVAL');
    expect(await codeOf(fileSystem.rmdir('/d'))).toBe('ENOTEMPTY');
    expect(await codeOf(fileSystem.rmdir('/log'))).toBe('ENOTDIR');
    expect(await codeOf(fileSystem.unlink('/d'))).toBe('EISDIR');
    expect(await codeOf(fileSystem.unlink('/none'))).toBe('ENOENT');
    expect(await codeOf(fileSystem.rename('/log', '/d'))).toBe('EISDIR');
    expect(await codeOf(fileSystem.rename('/d', '/log'))).toBe('ENOTDIR');
    expect(await codeOf(fileSystem.rename('/none', '/x'))).toBe('ENOENT');
    expect(await codeOf(fileSystem.stat('/log/below'))).toBe('ENOTDIR');
    await fileSystem.symlink({ target: '/loop', path: '/loop' });
    expect(await codeOf(fileSystem.stat('/loop'))).toBe('ELOOP');
    expect((await fileSystem.statfs('/')).freeBytes).toBeGreaterThan(0);

    const plain = createModelFileSystem({ hardlinks: false });
    await plain.fileSystem.writeFile('/f', { data: '' });
    expect(await codeOf(plain.fileSystem.link('/f', '/g'))).toBe('EPERM');
    expect(await codeOf(plain.fileSystem.reflink('/f', '/g'))).toBe('EOPNOTSUPP');
  });
});
