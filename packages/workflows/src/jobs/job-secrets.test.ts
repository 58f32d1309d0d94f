import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '@modelkeep/core';
import { startHub } from '@modelkeep/testing';
import { expect, it } from 'vitest';
import { tempFolder } from '../workspace.test-helper.ts';
import { openWorkspace } from '../workspace/open-workspace.ts';

const canary = 'S3cr3tCanary0123456789';
const token = `hf_${'Canary'.repeat(6)}`;

/** All that is on the disk, as text. */
async function textOf(root: string): Promise<string> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return (await Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'latin1')))).join(
    '\n',
  );
}

it('a secret of a job is in no file, record, error and log', async () => {
  await using folder = await tempFolder();
  await using hub = await startHub({ repos: [], tokens: [] });
  const seen: unknown[] = [];
  const note = (...args: unknown[]): void => void seen.push(args);
  const logger: Logger = { debug: note, info: note, warn: note, error: note };
  const root = folder.join('library');
  await using workspace = await openWorkspace({ root, hub: { endpoint: hub.hubUrl, token }, logger });
  const { jobs } = workspace;
  for (const reference of [
    `https://files.example/a.safetensors?Signature=${canary}`,
    `https://me:${canary}@files.example/a.safetensors`,
    `hf:acme/none?token=${canary}`,
    `hf:acme/none@main/${token}.safetensors`,
  ]) {
    await jobs.submit('download', { reference }).catch(note);
    const job = { type: 'download', payload: { reference } };
    await jobs.schedule({ id: 'daily', job, every: { intervalMs: 1_000 } }).catch(note);
  }
  expect(seen.length).toBe(8);
  // One that fails at the hub, with the token of the library.
  const reference = `${hub.hubUrl}/acme/none/resolve/main/a.safetensors`;
  const payload = { reference: `${reference}?token=${canary}` };
  const { id } = await jobs.submit('download', payload, { maxAttempts: 1 });
  await jobs.run({ untilIdle: true });
  const job = await jobs.get(id);
  expect(job).toMatchObject({ state: 'failed', payload: { reference } });
  const told = JSON.stringify([seen, job, await jobs.logs(id), await jobs.list(), await jobs.schedules()]);
  const shown = `${told}${seen.map(String).join()}${await textOf(root)}`;
  expect(shown).toContain('acme/none');
  expect(shown).not.toContain(canary);
  expect(shown).not.toContain(token);
});
