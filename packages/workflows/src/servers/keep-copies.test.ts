import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { silentLogger, systemClock } from '@modelkeep/core';
import { buildFluxLora, startHub } from '@modelkeep/testing';
import { expect, it } from 'vitest';
import { forecastNeeds } from '../index.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { GovernedModel, KeepCopiesOptions, KeepingCopies } from './library-servers.ts';
import { fleetScene, type FleetScene } from './fleet-scene.test-helper.ts';

const line = buildFluxLora({ scale: 0.02 });

async function copiesOf(store: { contents(): Promise<readonly { readonly copies: number }[]> }): Promise<number[]> {
  return (await store.contents()).map(({ copies }) => copies);
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(20);
}

/** Two servers: the first one has the model, and has told so. */
async function openTwo(scene: FleetScene): Promise<{ readonly two: Workspace; readonly sha256: string }> {
  const [one, two] = [await scene.open('one'), await scene.open('two')];
  const { models } = await one.import(scene.file).result;
  await one.servers.syncInventory();
  return { two, sha256: models[0]?.files[0]?.sha256 ?? '' };
}

const types = async ({ jobs }: Workspace): Promise<string[]> => (await jobs.list()).jobs.map(({ type }) => type);

it('of three servers two get a model, by jobs of theirs, and the third one when a copy is gone', async () => {
  await using scene = await fleetScene(line);
  const [one, two, three] = [await scene.open('a'), await scene.open('b'), await scene.open('c')];
  const { models } = await one.import(scene.file).result;
  await one.servers.syncInventory();
  const sha256 = models[0]?.files[0]?.sha256 ?? '';
  const governed: GovernedModel[] = [{ sha256, policy: { mode: 'keep', copies: 2 } }];
  await using kept = new AsyncDisposableStack();
  const keep = async (library: Workspace, more: Partial<KeepCopiesOptions> = {}): Promise<KeepingCopies> =>
    kept.use(await library.servers.keepCopies({ models: governed, ...more }));
  const keeping = await Promise.all([one, two, three].map((library) => keep(library)));
  // All see the same plan: the first of those with equal room and load.
  for (const { current } of keeping) {
    expect(current.copies.map(({ to, from }) => [to, from.map(({ serverId }) => serverId)])).toEqual([['b', ['a']]]);
  }
  expect([await types(one), await types(two), await types(three)]).toEqual([[], ['copy'], []]);
  await two.jobs.run({ untilIdle: true });
  expect(await copiesOf(scene.store)).toEqual([2]);
  expect((await two.jobs.list()).jobs[0]).toMatchObject({
    state: 'completed',
    result: { models: [expect.any(String)], bytesFetched: line.byteLength, bytesResumed: 0 },
  });
  await until(() => Promise.resolve(keeping.every(({ current }) => current.copies.length === 0)));
  // The other copy goes with its server: the third one takes its place.
  await scene.store.remove('a');
  await until(async () => (await types(three)).length === 1);
  await three.jobs.run({ untilIdle: true });
  expect(await copiesOf(scene.store)).toEqual([2]);
  expect([await types(one), await types(two), await types(three)]).toEqual([[], ['copy'], ['copy']]);
});

it('a person is asked once, and what nobody agrees to is not fetched', async () => {
  await using scene = await fleetScene(line);
  const { two, sha256 } = await openTwo(scene);
  const governed: GovernedModel[] = [{ sha256, policy: { mode: 'ask' }, neededOn: ['two'] }];
  let asked = 0;
  const everyMs = 10;
  {
    await using keeping = await two.servers.keepCopies({
      models: () => governed,
      everyMs,
      agree: () => Promise.resolve(((asked += 1), false)),
    });
    expect(keeping.current.copies).toMatchObject([{ sha256, to: 'two', ask: true, because: 'a job there needs it' }]);
    let looks = 0;
    keeping.subscribe(() => void (looks += 1));
    await until(() => Promise.resolve(looks > 2));
    expect(asked).toBe(1);
    expect(await types(two)).toEqual([]);
  }
  await using silent = await two.servers.keepCopies({ models: governed, everyMs });
  expect(silent.current.copies).toHaveLength(1);
  expect(await types(two)).toEqual([]);
  await silent.close();
  await using agreed = await two.servers.keepCopies({ models: governed, agree: () => Promise.resolve(true) });
  await until(async () => (await types(two)).length === 1);
  await two.jobs.run({ untilIdle: true });
  await until(() => Promise.resolve(agreed.current.copies.length === 0));
});

it('while a person thinks other copies are fetched, and closing waits for nobody', async () => {
  await using scene = await fleetScene(line);
  const [one, two] = [await scene.open('one'), await scene.open('two')];
  const other = `${scene.file}.other.safetensors`;
  await writeFile(other, buildFluxLora({ scale: 0.02, fillSeed: 7 }));
  const { models } = await one.import([scene.file, other]).result;
  await one.servers.syncInventory();
  const [asked = '', free = ''] = models.map(({ files }) => files[0]?.sha256 ?? '');
  const toAsk: GovernedModel = { sha256: asked, policy: { mode: 'ask' }, neededOn: ['two'] };
  let governed: GovernedModel[] = [toAsk];
  const signals: AbortSignal[] = [];
  let answer = (_agreed: boolean): void => {};
  const keeping = await two.servers.keepCopies({
    models: () => governed,
    everyMs: 10,
    agree: (_copy, signal) => (signals.push(signal), new Promise((resolve) => (answer = resolve))),
  });
  governed = [toAsk, { sha256: free, policy: { mode: 'keep', copies: 2 } }];
  await until(async () => (await types(two)).length === 1);
  expect((await two.jobs.list()).jobs[0]).toMatchObject({ type: 'copy', payload: { sha256: free } });
  // Nobody needs it any more: the person may be left alone, and an answer comes too late.
  governed = [];
  await until(() => Promise.resolve(signals[0]?.aborted === true));
  answer(true);
  governed = [toAsk];
  await until(() => Promise.resolve(signals.length === 2));
  expect(await types(two)).toHaveLength(1);
  await keeping.close();
  answer(true);
  expect(signals[1]?.aborted).toBe(true);
  // Nor for models that nobody tells of.
  let isSlow = false;
  const models2 = (): Promise<GovernedModel[]> => (isSlow ? new Promise(() => {}) : Promise.resolve([]));
  const slow = await two.servers.keepCopies({ models: models2, everyMs: 10 });
  isSlow = true;
  await sleep(30);
  await slow.close();
  expect(await types(two)).toHaveLength(1);
});

it('what a forecast says will be needed somewhere is fetched there before', async () => {
  await using scene = await fleetScene(line);
  const { two, sha256 } = await openTwo(scene);
  const day = 86_400_000;
  const history = [1, 2, 3].map((days) => ({ serverId: 'two', sha256, atMs: Date.now() - days * day + 1_000 }));
  const forecast = (): GovernedModel[] =>
    forecastNeeds(history, { fromMs: Date.now() }).map((need) => ({
      sha256: need.sha256,
      policy: { mode: 'on-demand' },
      neededOn: [need.serverId],
    }));
  await using keeping = await two.servers.keepCopies({ models: forecast });
  expect(keeping.current.copies).toMatchObject([{ sha256, to: 'two', from: [{ serverId: 'one' }] }]);
  expect(await types(two)).toEqual(['copy']);
});

it('who cannot be asked holds up nothing, and is asked again later', async () => {
  await using scene = await fleetScene(line);
  const { two, sha256 } = await openTwo(scene);
  const governed: GovernedModel[] = [{ sha256, policy: { mode: 'ask' }, neededOn: ['two'] }];
  let [asked, looks] = [0, 0];
  const agree = (): Promise<boolean> => ((asked += 1), Promise.reject(new Error('no window')));
  await using keeping = await two.servers.keepCopies({ models: governed, everyMs: 10, agree });
  keeping.subscribe(() => void (looks += 1));
  await until(() => Promise.resolve(looks > 3));
  expect(asked).toBe(1);
  expect(await types(two)).toEqual([]);
});

it('what cannot be looked up is told once, and once when it can again', async () => {
  const lines: string[] = [];
  const note = (message: string): void => void lines.push(message);
  const logger = { ...silentLogger, info: note, warn: note };
  const clock = { ...systemClock, sleep: (ms: number, signal?: AbortSignal) => systemClock.sleep(ms / 50, signal) };
  await using scene = await fleetScene(line, { logger, clock });
  const library = await scene.open('one');
  let [isAway, failures] = [false, 0];
  const models = (): GovernedModel[] => {
    if (isAway) throw new Error(`away ${(failures += 1)}`);
    return [];
  };
  await using keeping = await library.servers.keepCopies({ models, everyMs: 500 });
  isAway = true;
  await until(() => Promise.resolve(failures > 3));
  const told = (): string[] => lines.filter((message) => message.startsWith('copies'));
  expect(told()).toEqual(['copies cannot be planned']);
  isAway = false;
  await until(() => Promise.resolve(told().length > 1));
  expect(told()).toEqual(['copies cannot be planned', 'copies are planned again']);
  expect(keeping.current.copies).toEqual([]);
});

it('what no server has any more comes from its source, and a job that somebody cancels is not submitted at each look', async () => {
  await using hub = await startHub({
    repos: [{ id: 'acme/line', files: [{ path: 'line.safetensors', content: line, storage: 'lfs' }] }],
  });
  await using scene = await fleetScene(line, { hub: { endpoint: hub.hubUrl } });
  const { two, sha256 } = await openTwo(scene);
  await scene.store.remove('one');
  const policy = { mode: 'keep' } as const;
  {
    await using unmet = await two.servers.keepCopies({ models: [{ sha256, policy }] });
    expect(unmet.current.copies).toMatchObject([{ to: 'two', from: [] }]);
    expect(await types(two)).toEqual([]);
  }
  {
    const models = [{ sha256, policy, reference: 'hf:acme/nothing' }];
    await using keeping = await two.servers.keepCopies({ models, everyMs: 10 });
    const [job] = (await two.jobs.list()).jobs;
    expect(await two.jobs.cancel(job?.id ?? '')).toBe(true);
    let looks = 0;
    keeping.subscribe(() => void (looks += 1));
    await until(() => Promise.resolve(looks > 2));
    expect((await two.jobs.list()).jobs).toMatchObject([{ type: 'download', state: 'cancelled' }]);
  }
  await using keeping = await two.servers.keepCopies({ models: [{ sha256, policy, reference: 'hf:acme/line' }] });
  await two.jobs.run({ untilIdle: true });
  await two.servers.syncInventory();
  await until(() => Promise.resolve(keeping.current.copies.length === 0));
  expect((await two.list()).map(({ files }) => files[0]?.sha256)).toEqual([sha256]);
});
