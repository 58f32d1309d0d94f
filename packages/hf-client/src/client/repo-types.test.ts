import { describe, expect, it } from 'vitest';
import { caught } from '../fixtures/caught.ts';
import { config, gitSha1, hostilePath, repo, setup, sha256, weights } from '../fixtures/hub-setup.ts';
import { allOf, sendJson, startOddHub } from '../fixtures/odd-hub.ts';

const other = { ...repo, id: 'acme/other', formerIds: ['old/other'], parameterCount: 5_000 };
const repos = [repo, { ...other, type: 'dataset' }, { ...other, type: 'space', sdk: 'gradio' }] as const;
const sha1 = 'a'.repeat(40);

describe.each(['dataset', 'space'] as const)('a %s', (repoType) => {
  const prefix = `/${repoType}s`;

  it('tells info, tree, files and where they are', async () => {
    await using test = await setup({ repos });
    const { client, hub } = test;
    const commit = await hub.commitOf('acme/other', { type: repoType });
    expect(await client.repoInfo('acme/other', { repoType, revision: 'refs/pr/1' })).toMatchObject({
      id: 'acme/other',
      repoType,
      commit,
      sdk: repoType === 'space' ? 'gradio' : null,
    });
    const entries = await allOf(client.listTree('acme/other', { repoType, revision: 'main', path: 'vae' }));
    expect(entries.map(({ path }) => path)).toEqual(['vae/config.json']);
    const resolved = await client.resolveFile('acme/other', hostilePath, { repoType, revision: 'main' });
    expect(resolved).toMatchObject({
      commit,
      gitSha1,
      url: client.resolveUrl('acme/other', hostilePath, { repoType, revision: 'main' }),
    });
    expect(hub.requests.map(({ path }) => path)).toEqual([
      `/api${prefix}/acme/other/revision/refs%2Fpr%2F1`,
      `/api${prefix}/acme/other/tree/main/vae`,
      `${prefix}/acme/other/resolve/main/sub%20folder/%C3%BCn%C3%AF%20%231%3F%252F%26%2B.json`,
    ]);
  });

  it('is no model, and follows its own rename', async () => {
    await using test = await setup({ repos });
    await caught('hub.unauthorised', test.client.repoInfo('acme/other'));
    const file = await test.client.resolveFile('old/other', 'model.safetensors', { repoType, revision: 'main' });
    expect(file).toMatchObject({ repo: 'acme/other', renamedTo: 'acme/other', sha256 });
    const missing = await caught(
      'hub.entry-not-found',
      test.client.resolveFile('acme/other', 'x', { repoType, revision: 'main' }),
    );
    expect(missing.hint).toContain(`${prefix}/acme/other/tree/main`);
  });
});

it('follows no redirect of a dataset to a model of the same name', async () => {
  await using hub = await startOddHub((_request, response) =>
    response.writeHead(307, { location: '/a/b/resolve/main/x', 'x-repo-commit': sha1 }).end(),
  );
  const file = await hub.client.resolveFile('a/b', 'x', { repoType: 'dataset', revision: 'main' });
  expect(file).toMatchObject({ renamedTo: null, location: `${hub.origin}/a/b/resolve/main/x` });
  expect(hub.requests).toHaveLength(1);
});

describe('the files of repoInfo', () => {
  it('come with sizes and hashes, as the tree has them', async () => {
    await using test = await setup({ repos });
    const info = await test.client.repoInfo('acme/tiny', { files: true });
    const tree = await allOf(test.client.listTree('acme/tiny', { revision: 'main' }));
    const known = tree.filter((entry) => entry.type === 'file').map((entry) => ({ ...entry, xetHash: null }));
    const byPath = (left: { path: string }, right: { path: string }): number => (left.path < right.path ? -1 : 1);
    expect(info.files?.toSorted(byPath)).toEqual(known.toSorted(byPath));
    expect((await test.client.repoInfo('acme/tiny')).files).toBeNull();
    expect((await test.client.repoInfo('acme/other', { repoType: 'dataset' })).parameterCount).toBe(5_000);
  });

  it.each([
    [[{ rfilename: 'x' }], null],
    [[{ rfilename: 'x', size: 5, blobId: 'odd' }], [{ gitSha1: null, sizeBytes: 5 }]],
    [[], []],
  ])('of %j are %j', async (siblings, expected) => {
    await using hub = await startOddHub((_request, response) => sendJson(response, { id: 'a/b', sha: sha1, siblings }));
    const { files } = await hub.client.repoInfo('a/b', { files: true });
    if (expected === null) expect(files).toBeNull();
    else expect(files).toMatchObject(expected);
  });

  it.each([
    undefined,
    'x',
    [{ rfilename: '' }],
    [{ rfilename: 'x', size: -1 }],
    [{ rfilename: 'x', lfs: { sha256: '../x' } }],
  ])('of %j are refused', async (siblings) => {
    await using hub = await startOddHub((_request, response) => sendJson(response, { id: 'a/b', sha: sha1, siblings }));
    await caught('network.body', hub.client.repoInfo('a/b', { files: true }));
  });
});

describe('pathsInfo', () => {
  const revision = 'main';

  it('tells files and folders in the order asked for, without what is missing', async () => {
    await using test = await setup({ repos });
    const paths = ['vae', 'missing', 'model.safetensors', hostilePath, 'model.safetensors', 'config.json'];
    const entries = await test.client.pathsInfo('acme/tiny', paths, { revision });
    expect(entries).toMatchObject([
      { type: 'directory', path: 'vae' },
      { type: 'file', path: 'model.safetensors', sizeBytes: weights.length, sha256, gitSha1: null },
      { type: 'file', path: hostilePath, gitSha1 },
      { type: 'file', path: 'config.json', sizeBytes: config.length, gitSha1, sha256: null },
    ]);
    expect(await test.client.pathsInfo('acme/other', ['vae'], { revision, repoType: 'space' })).toHaveLength(1);
    expect(test.hub.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /api/models/acme/tiny/paths-info/main',
      'POST /api/spaces/acme/other/paths-info/main',
    ]);
    expect(await test.client.pathsInfo('acme/tiny', [], { revision })).toEqual([]);
    expect(test.hub.requests).toHaveLength(2);
  });

  it('asks for 500 at a time, and for fewer long ones', async () => {
    const batches: number[] = [];
    await using hub = await startOddHub((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const { paths } = JSON.parse(body) as { paths: string[] };
        batches.push(paths.length);
        const extra = { type: 'file', path: 'not-asked-for', size: 1 };
        sendJson(response, [extra, ...paths.map((path) => ({ type: 'file', path, size: 1 })).toReversed()]);
      });
    });
    const many = Array.from({ length: 1_201 }, (_item, index) => `f/${index}`);
    const entries = await hub.client.pathsInfo('a/b', many, { revision });
    expect(entries.map(({ path }) => path)).toEqual(many);
    expect(batches.splice(0)).toEqual([500, 500, 201]);
    await hub.client.pathsInfo(
      'a/b',
      Array.from({ length: 100 }, (_item, index) => `${index}`.padEnd(4_000, 'x')),
      { revision },
    );
    expect(batches).toEqual([50, 50]);
  });

  it('types what the hub refuses, and sends nothing for a path that cannot be one', async () => {
    await using test = await setup({ repos });
    await caught('hub.revision-not-found', test.client.pathsInfo('acme/tiny', ['x'], { revision: 'no' }));
    await caught('hub.unauthorised', test.client.pathsInfo('acme/none', ['x'], { revision }));
    test.hub.resetRequests();
    await caught('hub.invalid-reference', test.client.pathsInfo('acme/tiny', ['x', '../y'], { revision }));
    expect(test.hub.requests).toEqual([]);
  });
});

describe('listRefs', () => {
  it('tells branches and tags, and pull requests where they are asked for', async () => {
    await using test = await setup({
      repos: [{ ...repo, branches: ['dev'], gitTags: ['v1.0'], refs: ['refs/pr/1', 'refs/convert/parquet'] }],
    });
    const commit = await test.hub.commitOf('acme/tiny');
    const refs = await test.client.listRefs('acme/tiny', { includePullRequests: true });
    expect(refs.branches.map(({ name }) => name).sort()).toEqual(['dev', 'main']);
    expect(refs).toMatchObject({
      tags: [{ name: 'v1.0', ref: 'refs/tags/v1.0', commit }],
      converts: [{ name: 'parquet', ref: 'refs/convert/parquet', commit }],
      pullRequests: [{ name: '1', ref: 'refs/pr/1', commit }],
    });
    expect((await test.client.listRefs('acme/tiny')).pullRequests).toBeNull();
    await caught('hub.unauthorised', test.client.listRefs('acme/tiny', { repoType: 'dataset' }));
  });

  it('needs no more than branches and refuses a commit that is none', async () => {
    const answers: unknown[] = [
      { branches: [] },
      { branches: [{ name: 'x', ref: 'refs/heads/x', targetCommit: '../x' }] },
      {},
    ];
    await using hub = await startOddHub((_request, response) => sendJson(response, answers.shift()));
    expect(await hub.client.listRefs('a/b', { includePullRequests: true })).toEqual({
      branches: [],
      tags: [],
      converts: [],
      pullRequests: [],
    });
    await caught('network.body', hub.client.listRefs('a/b'));
    await caught('network.body', hub.client.listRefs('a/b'));
  });
});

describe('whoami', () => {
  it('tells whose token of any shape is sent', async () => {
    await using test = await setup();
    expect(await test.clientWith('any shape, of a company/proxy').whoami()).toEqual({
      name: expect.stringMatching(/^user-/),
      type: 'user',
      fullName: 'Local user',
      isPro: false,
      organisations: [],
      token: { name: 'local', role: 'read' },
    });
  });

  it('types a missing and a bad token apart', async () => {
    await using test = await setup({ tokens: ['good'] });
    const missing = await caught('hub.unauthorised', test.client.whoami());
    expect([missing.facts.reason, missing.message]).toEqual([
      'missing-token',
      `${test.hub.hubUrl}/api/whoami-v2 wants a token`,
    ]);
    const bad = await caught('hub.unauthorised', test.clientWith('canary-bad').whoami());
    expect(bad.facts.reason).toBe('bad-token');
    expect(JSON.stringify([missing, bad])).not.toContain('canary');
  });

  it('tells organisations and roles, and no e-mail address', async () => {
    const answers: unknown[] = [
      {
        type: 'user',
        name: 'ann',
        fullname: 'Ann',
        email: 'ann@x.example',
        isPro: true,
        orgs: [{ name: 'acme', roleInOrg: 'admin' }, { name: 'other' }],
        auth: { type: 'access_token', accessToken: { displayName: 'laptop', role: 'fineGrained', fineGrained: {} } },
      },
      { type: 'org', name: 'acme', orgs: 'odd', auth: 'odd' },
      { type: 'user' },
    ];
    await using hub = await startOddHub((_request, response) => sendJson(response, answers.shift()));
    expect(await hub.client.whoami()).toEqual({
      name: 'ann',
      type: 'user',
      fullName: 'Ann',
      isPro: true,
      organisations: [
        { name: 'acme', role: 'admin' },
        { name: 'other', role: null },
      ],
      token: { name: 'laptop', role: 'fineGrained' },
    });
    expect(await hub.client.whoami()).toMatchObject({ name: 'acme', organisations: [], token: null });
    await caught('network.body', hub.client.whoami());
  });
});
