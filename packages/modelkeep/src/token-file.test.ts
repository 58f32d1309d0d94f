import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readEnvironment } from './read-environment.ts';
import { createTokenReader, tokenFilePath } from './token-file.ts';

async function tempFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'modelkeep-token-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

const tokenOf = (environment: Record<string, string>, given?: string | null): string | null | undefined => {
  const { hub } = readEnvironment({ root: '/x', hub: { token: given } }, environment);
  return typeof hub?.token === 'function' ? hub.token() : hub?.token;
};

describe('the path', () => {
  it.each([
    [{}, undefined],
    [{ HOME: '' }, undefined],
    [{ HOME: '/home/ann' }, '/home/ann/.cache/huggingface/token'],
    [{ USERPROFILE: '/users/ann' }, '/users/ann/.cache/huggingface/token'],
    [{ HOME: '/home/ann', XDG_CACHE_HOME: '/cache' }, '/cache/huggingface/token'],
    [{ HOME: '/home/ann', XDG_CACHE_HOME: '/cache', HF_HOME: '/hf' }, '/hf/token'],
    [{ HOME: '/home/ann', HF_HOME: '~/hf' }, '/home/ann/hf/token'],
    [{ HF_HOME: '~/hf' }, '~/hf/token'],
    [{ DATA: '/data', HF_HOME: '$DATA/hf', HOME: '/h' }, '/data/hf/token'],
    [{ DATA: '/data', HF_TOKEN_PATH: '${DATA}/t$NONE', HF_HOME: '/hf' }, '/data/t$NONE'],
    [{ HF_TOKEN_PATH: ' ', HF_HOME: '/hf' }, '/hf/token'],
  ])('of %j is %s', (environment, expected) => {
    expect(tokenFilePath(environment)).toBe(expected);
  });
});

describe('the file', () => {
  it('is read when it is asked for, and again when it changed', async () => {
    await using folder = await tempFolder();
    const path = join(folder.path, 'token');
    const token = createTokenReader(path);
    expect(token()).toBeUndefined();
    await writeFile(path, '\n  any shape of token \r\n\n');
    expect(token()).toBe('any shape of token');
    expect(token()).toBe('any shape of token');
    await writeFile(path, 'another');
    expect(token()).toBe('another');
    await rm(path);
    expect(token()).toBeUndefined();
  });

  it('that is no token file is as good as none', async () => {
    await using folder = await tempFolder();
    const at = (name: string): string => join(folder.path, name);
    await writeFile(at('empty'), ' \n');
    await writeFile(at('large'), 'x'.repeat(20_000));
    await mkdir(at('folder'));
    await symlink(at('loop'), at('loop'));
    execFileSync('mkfifo', [at('pipe')]);
    for (const name of ['empty', 'large', 'folder', 'loop', 'pipe', 'empty/below', 'x'.repeat(300)]) {
      expect(createTokenReader(at(name))(), name).toBeUndefined();
    }
  });
});

describe('the token', () => {
  it('is that of the options, else of the variable, else of the file', async () => {
    await using folder = await tempFolder();
    await writeFile(join(folder.path, 'token'), 'of-the-file\n');
    const environment = { HF_HOME: folder.path };
    expect(tokenOf(environment)).toBe('of-the-file');
    expect(tokenOf({ ...environment, HF_TOKEN: ' of-the-variable ' })).toBe('of-the-variable');
    expect(tokenOf({ ...environment, HF_TOKEN: 'x' }, 'given')).toBe('given');
    expect(tokenOf({ ...environment, HF_TOKEN: 'x' }, null)).toBeNull();
  });

  it('is none where the environment forbids to send one that was not given', async () => {
    await using folder = await tempFolder();
    await writeFile(join(folder.path, 'token'), 'x');
    const environment = { HF_HOME: folder.path, HF_TOKEN: 'x', HF_HUB_DISABLE_IMPLICIT_TOKEN: '1' };
    expect(tokenOf(environment)).toBeUndefined();
    expect(tokenOf(environment, 'given')).toBe('given');
    expect(tokenOf({ ...environment, HF_HUB_DISABLE_IMPLICIT_TOKEN: '0' })).toBe('x');
  });
});
