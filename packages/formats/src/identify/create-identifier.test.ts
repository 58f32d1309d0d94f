import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildClipL, buildEmbedding } from '@modelkeep/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIdentifier } from './create-identifier.ts';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modelkeep-formats-'));
  const bytes = buildEmbedding({ family: 'sd1' });
  await writeFile(join(folder, 'no-name'), bytes);
  await writeFile(join(folder, 'cut.safetensors'), bytes.subarray(0, -3));
  await writeFile(join(folder, 'clip'), buildClipL({ scale: 0.1 }));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe.each(['worker', 'in-thread'] as const)('createIdentifier, %s', (mode) => {
  it('identifies files by their content', async () => {
    await using identifier = createIdentifier({ mode });
    expect((await identifier.identifyFiles([join(folder, 'no-name')])).scan).toMatchObject({
      type: 'embedding',
      family: 'sd1',
    });
    expect((await identifier.identifyFiles([join(folder, 'clip')])).scan).toMatchObject({
      type: 'text-encoder',
      variant: 'clip-l',
    });
  });

  it('gives typed errors that name the path', async () => {
    await using identifier = createIdentifier({ mode });
    const path = join(folder, 'cut.safetensors');
    await expect(identifier.identifyFiles([path])).rejects.toMatchObject({ code: 'formats.invalid', facts: { path } });
    const absent = join(folder, 'absent');
    await expect(identifier.identifyFiles([absent])).rejects.toMatchObject({
      code: 'io.not-found',
      facts: { path: absent },
    });
    await expect(identifier.identifyFiles([folder])).rejects.toMatchObject({
      code: 'io.failed',
      facts: { path: folder },
    });
    await expect(identifier.identifyFiles([join(path, 'below')])).rejects.toMatchObject({
      code: 'io.failed',
      facts: { systemCode: 'ENOTDIR' },
    });
  });

  it('throws the reason of an aborted signal untouched', async () => {
    await using identifier = createIdentifier({ mode });
    const reason = new Error('enough');
    await expect(identifier.identifyFiles([join(folder, 'clip')], { signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
  });

  it('refuses work after it was closed', async () => {
    const identifier = createIdentifier({ mode });
    await identifier.close();
    await expect(identifier.identifyFiles([join(folder, 'clip')])).rejects.toMatchObject({ code: 'core.closed' });
  });
});
