import { startHub, demoRepos } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { runCli } from '../run-cli.ts';
import { testFolder } from '../test-folder.ts';

describe('the built command', () => {
  it('does the main job', async () => {
    await using folder = await testFolder();
    await using hub = await startHub({ repos: demoRepos({ scale: 0.2 }) });
    const root = ['--root', folder.join('library'), '--json'];
    const got = await runCli(['get', 'hf:acme/tiny-flux', '--endpoint', hub.hubUrl, ...root], { built: true });
    expect(got.stderr).toBe('');
    expect(got.json()).toMatchObject({ source: { repo: 'acme/tiny-flux', revision: 'main' } });
    const listed = await runCli(['list', ...root], { built: true });
    expect(listed.json<{ models: unknown[] }>().models).toHaveLength(4);
    expect((await runCli(['verify', ...root], { built: true })).exitCode).toBe(0);
  });
});
