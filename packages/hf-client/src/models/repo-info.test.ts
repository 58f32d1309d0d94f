import { describe, expect, it } from 'vitest';
import { caught } from '../fixtures/caught.ts';
import { sendJson, startOddHub } from '../fixtures/odd-hub.ts';
import { cardTexts, licenceOf } from './card-data.ts';

const sha = 'a'.repeat(40);

describe('repoInfo', () => {
  it('needs no more than id and commit, and lets odd descriptions be', async () => {
    const answers = [
      { id: 'a/b', sha },
      {
        id: 'a/b',
        sha,
        unknown: { field: 1 },
        tags: [1, 'x', null],
        downloads: -3,
        likes: 'many',
        cardData: 'no object',
        pipeline_tag: null,
        lastModified: 5,
      },
    ];
    await using hub = await startOddHub((_request, response) => sendJson(response, answers.shift()));
    expect(await hub.client.repoInfo('a/b')).toEqual({
      id: 'a/b',
      repoType: 'model',
      commit: sha,
      gated: false,
      private: false,
      disabled: false,
      licence: null,
      tags: [],
      pipelineTag: null,
      libraryName: null,
      baseModels: [],
      description: null,
      downloads: 0,
      likes: 0,
      parameterCount: null,
      sdk: null,
      lastModified: null,
      createdAt: null,
      files: null,
    });
    expect(await hub.client.repoInfo('a/b')).toMatchObject({
      tags: ['x'],
      downloads: 0,
      likes: 0,
      lastModified: null,
    });
  });

  it.each([
    ['sha', { id: 'a/b' }],
    ['sha', { id: 'a/b', sha: 'main' }],
    ['sha', { id: 'a/b', sha: `${sha}/../x` }],
    ['id', { id: '../b', sha }],
    ['id', { id: 7, sha }],
    ['gated', { id: 'a/b', sha, gated: 'perhaps' }],
    ['private', { id: 'a/b', sha, private: 'no' }],
    ['body', ['a/b']],
    ['body', null],
  ])('refuses an answer whose %s is wrong, without its values', async (field, answer) => {
    await using hub = await startOddHub((_request, response) => sendJson(response, answer));
    const error = await caught('network.body', hub.client.repoInfo('a/b'));
    expect(error.facts.reason).toBe('schema');
    expect(error.facts.found?.startsWith(`${field}: `)).toBe(true);
    expect(error.facts.found).not.toMatch(/perhaps|main|\.\./);
  });

  it.each(['a/b/c', '', 'a/', '/b', '..', 'a/..', 'a/b%2fc', 'a b', 'a/b?x', '.a', 'a-', 'ä/b', `a/${'b'.repeat(97)}`])(
    'sends nothing for the repo id %j',
    async (repo) => {
      await using hub = await startOddHub((_request, response) => sendJson(response, {}));
      const error = await caught('hub.invalid-reference', hub.client.repoInfo(repo));
      expect(error.facts.reason).not.toBe('');
      expect(hub.requests).toEqual([]);
    },
  );

  it.each(['', '.', '..', 'a/../b', 'a\nb', 'a\0', '\ud800', 'x'.repeat(256)])(
    'sends nothing for the revision %j',
    async (revision) => {
      await using hub = await startOddHub((_request, response) => sendJson(response, {}));
      await caught('hub.invalid-reference', hub.client.repoInfo('a/b', { revision }));
      expect(hub.requests).toEqual([]);
    },
  );

  it('asks a mirror that lives below a path', async () => {
    await using hub = await startOddHub((_request, response) => sendJson(response, { id: 'a/b', sha }), '/mirror/hf/');
    await hub.client.repoInfo('a/b', { revision: 'refs/pr/1' });
    expect(hub.requests).toEqual(['GET /mirror/hf/api/models/a/b/revision/refs%2Fpr%2F1']);
    expect(hub.client.endpoint).toBe(`${hub.origin}/mirror/hf`);
  });
});

describe('card data', () => {
  it('reads texts and lists of texts, whatever else an author wrote', () => {
    expect(cardTexts({ base_model: 'a/b' }, 'base_model')).toEqual(['a/b']);
    expect(cardTexts({ base_model: ['a/b', 3, null, '', 'c/d'] }, 'base_model')).toEqual(['a/b', 'c/d']);
    for (const cardData of [undefined, null, 7, [], {}, { base_model: { a: 1 } }]) {
      expect(cardTexts(cardData, 'base_model')).toEqual([]);
    }
    expect(cardTexts({}, 'constructor')).toEqual([]);
  });

  it.each([
    [{ license: 'mit' }, [], 'mit'],
    [{ license: ['mit', 'apache-2.0'] }, [], 'mit, apache-2.0'],
    [{ license: 'other', license_name: 'flux-1-dev-non-commercial-license' }, [], 'flux-1-dev-non-commercial-license'],
    [{ license: 'other' }, [], 'other'],
    [{ license: 'mit', license_name: 'x' }, [], 'mit'],
    [undefined, ['x', 'license:openrail'], 'openrail'],
    [undefined, ['x'], null],
  ])('reads the licence of %j with the tags %j', (cardData, tags, expected) => {
    expect(licenceOf(cardData, tags)).toBe(expected);
  });
});
