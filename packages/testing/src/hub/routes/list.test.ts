import { afterAll, beforeAll, expect, test } from 'vitest';
import { headerOf, jsonOf, nextPage, probe } from '../http/probe.ts';
import type { LocalHub } from '../local-hub.ts';
import { startHub } from '../start-hub.ts';

let hub: LocalHub;

beforeAll(async () => {
  const files = [{ path: 'a.txt', content: Buffer.from('a') }];
  hub = await startHub({
    pageSize: 3,
    repos: [
      { id: 'acme/Tiny-Flux', files, tags: ['flux', 'lora'], downloads: 5, trendingScore: 1, apps: ['comfyui'] },
      { id: 'acme/big-flux', files, tags: ['flux'], downloads: 50, likes: 1, gated: 'manual', parameterCount: 12e9 },
      { id: 'other/flux', files, pipelineTag: 'text-to-image', downloads: 500, createdAt: '2026-05-01T00:00:00.000Z' },
      { id: 'other/llama', files, parameterCount: 8e9, lastModified: '2026-06-01T00:00:00.000Z' },
      { id: 'gpt2', files, parameterCount: 124e6 },
      { id: 'acme/secret', files, private: true, grantedTokens: ['let-me-in'] },
      { id: 'acme/words', type: 'dataset', files },
    ],
  });
});

afterAll(() => hub.close());

async function ids(query: string, headers = {}): Promise<string[]> {
  const found: string[] = [];
  let url: string | undefined = `${hub.hubUrl}/api/models${query}`;
  while (url !== undefined) {
    const answer = await probe(url, { headers });
    expect(answer.status, url).toBe(200);
    found.push(...(jsonOf(answer) as { id: string }[]).map(({ id }) => id));
    url = nextPage(answer);
    expect(url === undefined).toBe(answer.headers.link === undefined);
  }
  return found;
}

test.each([
  ['?search=flux', ['acme/Tiny-Flux', 'acme/big-flux', 'other/flux']],
  ['?search=FLUX+tiny', ['acme/Tiny-Flux']],
  ['?search=acme', ['acme/Tiny-Flux', 'acme/big-flux']],
  ['?author=other', ['other/flux', 'other/llama']],
  ['?filter=flux', ['acme/Tiny-Flux', 'acme/big-flux']],
  ['?filter=flux&filter=lora', ['acme/Tiny-Flux']],
  ['?filter=flux,lora', ['acme/Tiny-Flux']],
  ['?pipeline_tag=text-to-image', ['other/flux']],
  ['?apps=comfyui', ['acme/Tiny-Flux']],
  ['?gated=true', ['acme/big-flux']],
  ['?gated=false&author=acme', ['acme/Tiny-Flux']],
  ['?num_parameters=min:6B,max:10B', ['other/llama']],
  ['?num_parameters=max:0.2B', ['gpt2']],
  ['?sort=downloads', ['other/flux', 'acme/big-flux', 'acme/Tiny-Flux', 'gpt2', 'other/llama']],
  ['?sort=likes&limit=1', ['acme/big-flux', 'acme/Tiny-Flux', 'gpt2', 'other/flux', 'other/llama']],
  ['?sort=createdAt&search=o', ['other/flux', 'other/llama']],
  ['?sort=lastModified&author=other', ['other/llama', 'other/flux']],
  ['', ['acme/Tiny-Flux', 'acme/big-flux', 'gpt2', 'other/flux', 'other/llama']],
  ['?search=nothing', []],
])('%s', async (query, expected) => {
  expect(await ids(query)).toEqual(expected);
});

test('the next page is an absolute URL that keeps the query', async () => {
  const answer = await probe(`${hub.hubUrl}/api/models?limit=2&search=flux&expand=likes`);
  expect(jsonOf(answer)).toHaveLength(2);
  expect(headerOf(answer, 'link')).toMatch(
    new RegExp(`^<${hub.hubUrl}/api/models\\?limit=2&search=flux&expand=likes&cursor=[\\w-]+>; rel="next"$`),
  );
});

test('an item has exactly the documented fields', async () => {
  const [item] = jsonOf(await probe(`${hub.hubUrl}/api/models?author=acme&limit=1`)) as object[];
  expect(item).toEqual({
    _id: expect.any(String) as string,
    id: 'acme/Tiny-Flux',
    modelId: 'acme/Tiny-Flux',
    likes: 0,
    trendingScore: 1,
    private: false,
    downloads: 5,
    tags: ['flux', 'lora', 'region:us'],
    createdAt: '2026-01-01T00:00:00.000Z',
  });
});

test('expand, full, cardData and config change the fields', async () => {
  const list = async (query: string): Promise<object | undefined> =>
    (jsonOf(await probe(`${hub.hubUrl}/api/models?search=tiny&${query}`)) as object[])[0];
  const siblings = [{ rfilename: 'a.txt' }];
  expect(await list('expand=siblings')).toEqual({ _id: expect.any(String) as string, id: 'acme/Tiny-Flux', siblings });
  expect(await list('full=true&cardData=true&config=true')).toMatchObject({
    author: 'acme',
    sha: await hub.commitOf('acme/Tiny-Flux'),
    gated: false,
    siblings,
    cardData: { tags: ['flux', 'lora'] },
    config: {},
  });
});

test('a private repo is listed for those who may see it', async () => {
  expect(await ids('?search=secret')).toEqual([]);
  expect(await ids('?search=secret', { authorization: 'Bearer another' })).toEqual([]);
  expect(await ids('?search=secret', { authorization: 'Bearer let-me-in' })).toEqual(['acme/secret']);
});

test('datasets are listed apart', async () => {
  expect(jsonOf(await probe(`${hub.hubUrl}/api/datasets`))).toMatchObject([{ id: 'acme/words' }]);
  expect(jsonOf(await probe(`${hub.hubUrl}/api/spaces`))).toEqual([]);
});

test.each([
  ['sort=stars', '"createdAt"|"downloads"|"lastModified"|"likes"|"trendingScore"'],
  ['expand=files', '"author"|"baseModels"'],
  ['limit=0', 'limit'],
  ['limit=many', 'limit'],
  ['cursor=nonsense', 'cursor'],
  ['cursor=WzFd', 'cursor'],
  ['cursor=WyJubyBzdWNoIHJlcG8iXQ', 'cursor'],
  ['num_parameters=min:lots', 'num_parameters'],
])('%s is a 400 that says why', async (query, reason) => {
  const answer = await probe(`${hub.hubUrl}/api/models?${query}`);
  expect(answer.status).toBe(400);
  expect((jsonOf(answer) as { error: string }).error).toContain(reason);
});
