import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildFluxLora } from '@modelkeep/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { main } from './main.ts';
import type { Terminal } from './output/terminal.ts';

const lora = buildFluxLora();
const sha256 = createHash('sha256').update(lora).digest('hex');

let folder: string;
let origin: string;
let close: () => Promise<void>;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modelkeep-cli-url-'));
  const server = createServer(({ url, method }, response) => {
    const isThere = url?.startsWith('/files/') === true;
    response.writeHead(
      isThere ? 200 : 404,
      isThere && !url.includes('sizeless') ? { 'content-length': lora.length } : {},
    );
    response.end(isThere && method === 'GET' ? lora : undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
});
afterEach(async () => {
  await close();
  await rm(folder, { recursive: true, force: true });
});

async function run(...args: string[]): Promise<{ exitCode: number; out: string; err: string }> {
  const shown = { out: '', err: '' };
  const terminal: Terminal = {
    out: (text) => (shown.out += `${text}\n`),
    err: (text) => (shown.err += `${text}\n`),
    progressStream: null,
  };
  return { exitCode: await main([...args, '--root', join(folder, 'library')], terminal), ...shown };
}

describe('get of an address', () => {
  it('says what nobody has vouched for, and shows no query', async () => {
    // The origin of an address that a person types is granted, though it is on this machine.
    const url = `${origin}/files/line.safetensors`;
    const dry = await run('get', `${url}?signature=canary`, '--dry-run');
    expect([dry.exitCode, dry.out]).toEqual([0, expect.stringContaining(`${url}: 1 file, `)]);
    expect(dry.out).toMatch(/fetch +[\d.]+ [kM]B +line\.safetensors/);
    const json = await run('get', `${url}?signature=canary`, '--dry-run', '--json');
    const got = await run('get', `${url}?signature=canary`);
    expect([got.exitCode, got.err]).toEqual([
      0,
      expect.stringContaining(`unverified: line.safetensors, sha256 ${sha256}`),
    ]);
    expect(dry.out + dry.err + json.out + got.out + got.err).not.toContain('canary');
    const [id = ''] = /^[0-9a-f-]{36}/m.exec(got.out) ?? [];
    expect((await run('show', id)).out).toContain(`sources:\n  ${url}\n`);
    const sizeless = await run('get', `${origin}/files/sizeless.safetensors`, '--dry-run');
    expect(sizeless.out).toContain('an unknown amount to fetch');
    expect(sizeless.out).toMatch(/fetch +\? +sizeless\.safetensors/);
  });

  it('compares with the hash that is given, and says nothing then', async () => {
    const url = `${origin}/files/line.safetensors`;
    const wrong = await run('get', url, '--sha256', 'a'.repeat(64));
    expect([wrong.exitCode, wrong.err]).toEqual([1, expect.stringContaining('transfer.integrity')]);
    expect((await run('get', url, '--sha256', 'abc')).exitCode).toBe(2);
    const right = await run('get', url, '--sha256', sha256.toUpperCase(), '--json');
    expect(right.exitCode, right.err).toBe(0);
    expect(JSON.parse(right.out)).toMatchObject({
      source: { provider: 'url', url },
      files: [{ name: 'line.safetensors', sha256, verified: 'sha256' }],
    });
    expect((await run('get', 'hf:datasets/acme/words')).exitCode).toBe(2);
  });

  it('takes a mirror where the address has nothing, with a hash alone', async () => {
    const args = ['get', `${origin}/gone.safetensors`, '--mirror', `${origin}/files/line.safetensors`];
    const got = await run(...args, '--sha256', sha256);
    expect([got.exitCode, got.err]).toEqual([0, expect.not.stringContaining('unverified')]);
    const refused = await run('get', `${origin}/files/b.safetensors`, '--mirror', `${origin}/files/c`);
    expect([refused.exitCode, refused.err]).toEqual([2, expect.stringContaining('give the SHA-256 of the file')]);
  });
});
