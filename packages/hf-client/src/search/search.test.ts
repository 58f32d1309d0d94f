import { describe, expect, it } from 'vitest';
import { caught } from '../fixtures/caught.ts';
import { config, setup, weights } from '../fixtures/hub-setup.ts';
import { allOf, sendJson, startOddHub } from '../fixtures/odd-hub.ts';
import { formatParameterRange } from './parameter-range.ts';
import type { SearchQuery } from './search-query.ts';

const files = [
  { path: 'model.safetensors', content: weights },
  { path: 'config.json', content: config },
];
const repos = [
  {
    id: 'acme/big',
    files,
    parameterCount: 70e9,
    apps: ['llama.cpp', 'ollama'],
    downloads: 5,
    pipelineTag: 'text-generation',
  },
  { id: 'acme/small', files, parameterCount: 7e9, apps: ['llama.cpp'], gated: 'auto', downloads: 9, licence: 'mit' },
  {
    id: 'other/flux',
    files: [],
    likes: 4,
    tags: ['gguf', 'x'],
    cardData: { license: 'other', license_name: 'flux-nc' },
  },
  { id: 'acme/data', type: 'dataset', files, gated: 'manual', likes: 2 },
  { id: 'acme/app', type: 'space', files: [], sdk: 'gradio', trendingScore: 3 },
] as const;

describe('search', () => {
  const found: readonly (readonly [query: SearchQuery, ids: readonly string[]])[] = [
    [{}, ['acme/big', 'acme/small', 'other/flux']],
    [{ author: 'acme', sort: 'downloads' }, ['acme/small', 'acme/big']],
    [{ search: 'flux' }, ['other/flux']],
    [{ filter: 'gguf' }, ['other/flux']],
    [{ filter: ['gguf', 'y'] }, []],
    [{ filter: ['gguf', 'x'] }, ['other/flux']],
    [{ pipelineTag: 'text-generation' }, ['acme/big']],
    [{ apps: 'llama.cpp' }, ['acme/big', 'acme/small']],
    [{ apps: ['llama.cpp', 'ollama'] }, ['acme/big']],
    [{ gated: true }, ['acme/small']],
    [{ gated: false }, ['acme/big', 'other/flux']],
    [{ parameters: { min: 6e9, max: 8e9 } }, ['acme/small']],
    [{ parameters: { min: 7_000_000_001 } }, ['acme/big']],
    [{ parameters: {}, limit: 1 }, ['acme/big']],
    [{ sort: 'likes', limit: 1 }, ['other/flux']],
    [{ repoType: 'dataset' }, ['acme/data']],
    [{ repoType: 'dataset', gated: false }, []],
    [{ repoType: 'space', sort: 'trendingScore' }, ['acme/app']],
  ];

  it.each(found)('finds for %j', async (query, ids) => {
    await using test = await setup({ repos });
    expect((await allOf(test.client.search(query))).map(({ id }) => id)).toEqual(ids);
  });

  it('tells with expand exactly what was asked for, file names of many repos in one answer', async () => {
    await using test = await setup({ repos });
    const [big] = await allOf(test.client.search({ expand: ['siblings', 'safetensors', 'sha'], limit: 1 }));
    expect(big).toEqual({
      id: 'acme/big',
      author: null,
      commit: await test.hub.commitOf('acme/big'),
      private: null,
      gated: null,
      disabled: null,
      tags: [],
      pipelineTag: null,
      libraryName: null,
      licence: null,
      downloads: null,
      downloadsAllTime: null,
      likes: null,
      trendingScore: null,
      parameterCount: 70e9,
      usedStorageBytes: null,
      createdAt: null,
      lastModified: null,
      siblings: ['config.json', 'model.safetensors'],
      cardData: null,
      config: null,
      expanded: { safetensors: { parameters: { BF16: 70e9 }, total: 70e9 } },
    });
    expect(test.hub.requests.map(({ url }) => url)).toEqual([
      '/api/models?limit=1&expand=siblings&expand=safetensors&expand=sha',
    ]);
    const [space] = await allOf(test.client.search({ repoType: 'space', expand: ['sdk', 'likes'] }));
    expect(space).toMatchObject({ likes: 0, siblings: null, expanded: { sdk: 'gradio' } });
    expect(structuredClone(space)).toEqual(space);
  });

  it('tells more when it is asked for all, the card or the configuration', async () => {
    await using test = await setup({ repos });
    const [full] = await allOf(test.client.search({ search: 'small', full: true, config: true }));
    expect(full).toMatchObject({ author: 'acme', gated: 'auto', private: false, config: {}, licence: 'mit' });
    expect(full?.siblings).toHaveLength(2);
    const [card] = await allOf(test.client.search({ search: 'flux', cardData: true }));
    expect(card).toMatchObject({ cardData: { license: 'other' }, licence: 'flux-nc', siblings: null });
    const [plain] = await allOf(test.client.search({ search: 'small' }));
    expect(plain).toMatchObject({ downloads: 9, private: false, cardData: null, expanded: {} });
  });

  it('types the refusal of a bad value, with the valid ones', async () => {
    await using test = await setup({ repos });
    const bad = await caught('network.status', allOf(test.client.search({ expand: ['nonsense' as 'likes'] })));
    expect(bad.facts).toMatchObject({ status: 400, body: expect.stringContaining('"author"') });
    const wrongType = test.client.search({ repoType: 'space', expand: ['gguf'] });
    expect((await caught('network.status', allOf(wrongType))).facts.status).toBe(400);
  });

  const refused: readonly (readonly [query: SearchQuery, argument: string])[] = [
    [{ repoType: 'dataset', pipelineTag: 'x' }, 'pipelineTag'],
    [{ repoType: 'dataset', apps: 'x' }, 'apps'],
    [{ repoType: 'space', parameters: {} }, 'parameters'],
    [{ repoType: 'space', gated: true }, 'gated'],
    [{ repoType: 'dataset', config: true }, 'config'],
    [{ repoType: 'buckets' as 'space' }, 'repoType'],
    [{ repoType: '__proto__' as 'space' }, 'repoType'],
    [{ expand: ['likes'], full: true }, 'expand'],
    [{ expand: ['likes'], cardData: true }, 'expand'],
    [{ limit: 0 }, 'limit'],
    [{ pageSize: 1.5 }, 'pageSize'],
    [{ parameters: { min: 5, max: 4 } }, 'parameters'],
    [{ parameters: { min: -1 } }, 'parameters'],
  ];

  it.each(refused)('sends nothing for %j', async (query, argument) => {
    await using hub = await startOddHub((_request, response) => sendJson(response, []));
    expect((await caught('core.invalid-argument', allOf(hub.client.search(query)))).facts.argument).toBe(argument);
    expect(hub.requests).toEqual([]);
  });

  it('lets odd descriptions be and refuses an odd id', async () => {
    const odd = {
      id: 'a/b',
      sha: '../x',
      gated: 'perhaps',
      private: 'no',
      downloads: -1,
      siblings: [{ rfilename: '' }],
      cardData: 'text',
      safetensors: { total: '7' },
      gguf: { total: 8 },
    };
    const answers: unknown[] = [[odd], [{ ...odd, id: '../b' }], [7], {}];
    await using hub = await startOddHub((_request, response) => sendJson(response, answers.shift()));
    expect(await allOf(hub.client.search())).toMatchObject([
      {
        id: 'a/b',
        commit: null,
        gated: null,
        private: null,
        downloads: null,
        siblings: null,
        cardData: null,
        parameterCount: 8,
      },
    ]);
    for (let round = 0; round < 3; round += 1) {
      const error = await caught('network.body', allOf(hub.client.search()));
      expect(error.facts.reason).toBe('schema');
      expect(error.facts.found).not.toContain('../b');
    }
  });

  it('hands on no prototype of a hostile answer', async () => {
    await using hub = await startOddHub((_request, response) =>
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end('[{"id":"a/b","__proto__":{"polluted":1},"widgetData":{"x":1},"constructor":5}]'),
    );
    const [item] = await allOf(hub.client.search({ expand: ['widgetData'] }));
    expect(item?.expanded).toEqual({ widgetData: { x: 1 } });
    expect(Object.getPrototypeOf(item?.expanded)).toBe(Object.prototype);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});

it.each([
  [{}, undefined],
  [{ min: 0 }, 'min:0'],
  [{ min: 6e9, max: 128e9 }, 'min:6B,max:128B'],
  [{ max: 1_500_000 }, 'max:1500K'],
  [{ min: 2e12 }, 'min:2T'],
  [{ max: 7_241_732_096 }, 'max:7241732096'],
])('writes the range %j', (range, expected) => {
  expect(formatParameterRange(range)).toBe(expected);
});
