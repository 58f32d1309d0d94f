import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { nodeFileSystem } from '@modelkeep/io';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../workspace.test-helper.ts';
import { createDiskCacheStore } from './disk-cache-store.ts';

const run = promisify(execFile);
const fileSystem = nodeFileSystem;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (found: Uint8Array | null): string | null => (found === null ? null : new TextDecoder().decode(found));
const nameOf = (key: string): string => `${createHash('sha256').update(key).digest('hex')}.cache`;

describe('createDiskCacheStore', () => {
  it('gives back what was put last, also in another process', async () => {
    await using temp = await tempFolder();
    const folder = temp.join('a', 'cache');
    const store = createDiskCacheStore({ fileSystem, folder });
    expect(await store.get('../k')).toBeNull();
    await store.put({ key: '../k', value: bytes('one') });
    await store.put({ key: '../k', value: bytes('two') });
    await store.put({ key: 'empty', value: bytes('') });
    const other = createDiskCacheStore({ fileSystem, folder });
    expect([text(await other.get('../k')), text(await other.get('empty'))]).toEqual(['two', '']);
    await other.delete('../k');
    await other.delete('../k');
    expect(await store.get('../k')).toBeNull();
    expect(await readdir(folder)).toEqual([nameOf('empty')]);
  });

  it('drops and removes what is damaged', async () => {
    await using temp = await tempFolder();
    const store = createDiskCacheStore({ fileSystem, folder: temp.path, maxBytes: 80_000 });
    const path = temp.join(nameOf('k'));
    const damages: (() => Promise<void>)[] = [
      () => truncate(path, 0),
      () => truncate(path, 40),
      async () => truncate(path, (await stat(path)).size - 1),
      async () => {
        const file = await readFile(path);
        file.writeUInt8(file.readUInt8(90) ^ 1, 90);
        await writeFile(path, file);
      },
      () => writeFile(path, Buffer.alloc(20_000)),
      () => writeFile(path, 'not ours'),
    ];
    for (const damage of damages) {
      await store.put({ key: 'k', value: bytes('some value that is long enough') });
      await damage();
      expect(await store.get('k')).toBeNull();
      expect(await readdir(temp.path)).toEqual([]);
    }
  });

  it('removes the oldest when there are too many bytes, and nothing that is not its own', async () => {
    await using temp = await tempFolder();
    await writeFile(temp.join('notes.txt'), Buffer.alloc(1_000_000));
    const value = Buffer.alloc(8_000);
    const keys = Array.from({ length: 12 }, (_each, index) => `k${index}`);
    const writer = createDiskCacheStore({ fileSystem, folder: temp.path, maxBytes: 10_000_000 });
    for (const [index, key] of keys.entries()) {
      await writer.put({ key, value });
      const seconds = Date.now() / 1_000 - 1_000 + index;
      await utimes(temp.join(nameOf(key)), seconds, seconds);
    }
    const store = createDiskCacheStore({ fileSystem, folder: temp.path, maxBytes: 65_536 });
    await store.put({ key: 'new', value });
    const kept: string[] = [];
    for (const key of [...keys, 'new']) if ((await store.get(key)) !== null) kept.push(key);
    expect(kept).toEqual([...keys.slice(-6), 'new']);
    expect(await readdir(temp.path)).toContain('notes.txt');
  });

  it('does not keep what is too large, nor what was there before it', async () => {
    await using temp = await tempFolder();
    const store = createDiskCacheStore({ fileSystem, folder: temp.path, maxBytes: 8_000 });
    await store.put({ key: 'k', value: Buffer.alloc(1_000) });
    await store.put({ key: 'k', value: Buffer.alloc(1_001) });
    expect(await store.get('k')).toBeNull();
  });

  it('clears away what a process that died has left', async () => {
    await using temp = await tempFolder();
    const [old, young] = [temp.join('.0123456789abcdef.tmp'), temp.join('.fedcba9876543210.tmp')];
    await writeFile(old, 'x');
    await writeFile(young, 'x');
    await utimes(old, 1, 1);
    await createDiskCacheStore({ fileSystem, folder: temp.path }).put({ key: 'k', value: bytes('v') });
    expect((await readdir(temp.path)).sort()).toEqual([young.slice(temp.path.length + 1), nameOf('k')].sort());
  });

  it('writes nowhere a link leads, and fails where the drive does', async () => {
    await using temp = await tempFolder();
    await mkdir(temp.join('elsewhere'));
    await symlink(temp.join('elsewhere'), temp.join('cache'));
    const store = createDiskCacheStore({ fileSystem, folder: temp.join('cache') });
    await expect(store.put({ key: 'k', value: bytes('v') })).rejects.toMatchObject({ code: 'io.exists' });
    expect(await readdir(temp.join('elsewhere'))).toEqual([]);
    await writeFile(temp.join('file'), '');
    const blocked = createDiskCacheStore({ fileSystem, folder: temp.join('file') });
    await expect(blocked.put({ key: 'k', value: bytes('v') })).rejects.toMatchObject({ code: 'io.exists' });
    await mkdir(temp.join('real', nameOf('k')), { recursive: true });
    const odd = createDiskCacheStore({ fileSystem, folder: temp.join('real') });
    await expect(odd.get('k')).rejects.toMatchObject({ code: 'io.failed' });
  });

  it('ends with the reason of the signal', async () => {
    await using temp = await tempFolder();
    const store = createDiskCacheStore({ fileSystem, folder: temp.path });
    const signal = AbortSignal.abort('enough');
    await expect(store.put({ key: 'k', value: bytes('v') }, signal)).rejects.toBe('enough');
    await expect(store.get('k', signal)).rejects.toBe('enough');
    await expect(store.delete('k', signal)).rejects.toBe('enough');
    expect(await readdir(temp.path)).toEqual([]);
  });

  it('never shows half an entry while eight processes write, read, trim and remove', async () => {
    await using temp = await tempFolder();
    const program = join(import.meta.dirname, 'disk-cache-store.test-program.ts');
    const argv = [...process.execArgv, '--conditions=modelkeep-source', program, temp.path];
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, (_each, index) => run(process.execPath, [...argv, String(index)])),
    );
    const reports = outcomes.map(({ stdout }) => JSON.parse(stdout) as { hits: number; bad: number });
    expect(reports.map(({ bad }) => bad)).toEqual(Array.from({ length: 8 }, () => 0));
    expect(reports.reduce((sum, { hits }) => sum + hits, 0)).toBeGreaterThan(0);
    const left = await readdir(temp.path);
    expect(left.filter((name) => !name.endsWith('.cache'))).toEqual([]);
  }, 60_000);
});
