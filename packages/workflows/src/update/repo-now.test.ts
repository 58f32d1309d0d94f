import { ModelkeepError } from '@modelkeep/core';
import { expect, it } from 'vitest';
import { createRepoNow } from './repo-now.ts';

const source = (repo: string) => ({ endpoint: 'https://hub.example', repo, revision: 'main' });

it.each([
  ['refuses connections', null],
  ['is away, so that answers of before are served', { stale: true }],
])('a hub that %s is asked about one repo', async (_what, answer) => {
  const asked: string[] = [];
  const repoInfo = async (repo: string): Promise<unknown> => {
    asked.push(repo);
    if (answer !== null) return answer;
    const facts = { url: 'https://hub.example/api', systemCode: 'ECONNREFUSED' };
    throw new ModelkeepError('network.connection', { message: 'refused', facts });
  };
  const ask = createRepoNow({ hub: { repoInfo } } as unknown as Parameters<typeof createRepoNow>[0]);
  for (const repo of ['a/1', 'a/2', 'a/1']) expect(await ask(source(repo))).toMatchObject({ state: 'unreachable' });
  expect(asked).toEqual(['a/1']);
});
