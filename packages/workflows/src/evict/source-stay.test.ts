import { ModelkeepError, type ModelRecord } from '@modelkeep/core';
import { expect, it } from 'vitest';
import { createSourceStay, type SourceContext } from './source-stay.ts';

const HUB = 'https://hub.example';

const modelOf = (repo: string, endpoint: string = HUB): ModelRecord =>
  ({
    files: [{ officialName: 'a', name: 'a', sizeBytes: 1, source: { provider: 'hf', endpoint, repo, commit: 'c' } }],
  }) as unknown as ModelRecord;

/** A hub that is asked about paths, and what it was asked about. */
function hubThat(answers: (repo: string, signal: AbortSignal) => Promise<never>): {
  readonly context: SourceContext;
  readonly asked: string[];
} {
  const asked: string[] = [];
  const pathsInfo = async (repo: string, _paths: unknown, { signal }: { signal: AbortSignal }): Promise<never> => {
    asked.push(repo);
    return answers(repo, signal);
  };
  return { context: { hub: { endpoint: HUB, pathsInfo } } as unknown as SourceContext, asked };
}

const untilAborted = async (_repo: string, signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));

it('a source that cannot be reached is asked about one model, and the others stay without a wait', async () => {
  const refused = { url: `${HUB}/api/x`, systemCode: 'ECONNREFUSED' };
  const { context, asked } = hubThat(async () => {
    throw new ModelkeepError('network.connection', { message: 'refused', facts: refused });
  });
  const ask = createSourceStay(context);
  const details = ['refused', `${HUB} did not answer a moment ago`, `${HUB} did not answer a moment ago`];
  for (const [number, detail] of details.entries())
    expect(await ask(modelOf(`a/${number + 1}`))).toEqual({ why: 'source-unknown', detail });
  expect(asked).toEqual(['a/1']);
  // What comes from elsewhere is another matter.
  expect(await ask(modelOf('a/4', 'https://other.example'))).toMatchObject({ why: 'not-fetchable' });
  await createSourceStay(context)(modelOf('a/5'));
  expect(asked).toEqual(['a/1', 'a/5']);
});

it('a source that never answers is waited for once', async () => {
  const { context, asked } = hubThat(untilAborted);
  const ask = createSourceStay(context, 20);
  const details = [`${HUB} did not answer within 0.02 s`, `${HUB} did not answer a moment ago`];
  for (const detail of details) expect(await ask(modelOf('a/1'))).toEqual({ why: 'source-unknown', detail });
  expect(asked).toEqual(['a/1']);
});

it('a source that answers with an error is asked about the next model, and a person who gives up is heard', async () => {
  const { context, asked } = hubThat(async () => {
    throw new ModelkeepError('network.status', { message: '500', facts: { url: HUB, status: 500 } });
  });
  const ask = createSourceStay(context);
  for (const repo of ['a/1', 'a/2']) expect(await ask(modelOf(repo))).toMatchObject({ why: 'source-unknown' });
  expect(asked).toEqual(['a/1', 'a/2']);

  const abort = new AbortController();
  const asking = createSourceStay(hubThat(untilAborted).context)(modelOf('a/1'), abort.signal);
  const reason = new Error('enough');
  abort.abort(reason);
  await expect(asking).rejects.toBe(reason);
});
