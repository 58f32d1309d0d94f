import { describe, expect, it } from 'vitest';
import { caught } from '../fixtures/caught.ts';
import { repo, setup, sha256 } from '../fixtures/hub-setup.ts';
import { allOf } from '../fixtures/odd-hub.ts';
import type { HubClient } from './hub-client.ts';

describe('errors of the hub', () => {
  it('tells a missing repo with a token from one without', async () => {
    await using test = await setup();
    const anonymous = await caught('hub.unauthorised', test.client.repoInfo('acme/missing'));
    expect(anonymous.facts).toMatchObject({ repo: 'acme/missing', reason: 'missing-token', status: 401 });
    const known = await caught('hub.repo-not-found', test.clientWith('any').repoInfo('acme/missing'));
    expect(known.facts).toMatchObject({ repo: 'acme/missing', status: 404 });
    await caught('hub.unauthorised', test.client.resolveFile('acme/missing', 'x', { revision: 'main' }));
  });

  it('knows a bad token, also in a search', async () => {
    await using test = await setup({ tokens: ['good'] });
    const error = await caught('hub.unauthorised', test.clientWith('bad').repoInfo('acme/tiny'));
    expect(error.facts.reason).toBe('bad-token');
    await caught('hub.unauthorised', allOf(test.clientWith('bad').search({ search: 'x' })));
  });

  it('knows missing revisions and files, in the tree and at the resolve URL', async () => {
    await using test = await setup();
    const tree = allOf(test.client.listTree('acme/tiny', { revision: 'nope' }));
    expect((await caught('hub.revision-not-found', tree)).facts.revision).toBe('nope');
    await caught('hub.revision-not-found', test.client.repoInfo('acme/tiny', { revision: 'nope' }));
    await caught('hub.revision-not-found', test.client.resolveFile('acme/tiny', 'config.json', { revision: 'nope' }));
    const file = await caught('hub.entry-not-found', test.client.resolveFile('acme/tiny', 'no', { revision: 'main' }));
    expect(file.facts).toMatchObject({ repo: 'acme/tiny', path: 'no', revision: 'main', status: 404 });
    await caught('hub.entry-not-found', allOf(test.client.listTree('acme/tiny', { revision: 'main', path: 'no' })));
  });

  it('knows a gate, and whom it is closed to', async () => {
    const gated = { ...repo, gated: 'manual' as const, grantedTokens: ['granted'] };
    await using test = await setup({ repos: [gated] });
    const resolve = (client: HubClient): Promise<unknown> =>
      client.resolveFile('acme/tiny', 'model.safetensors', { revision: 'main' });
    const anonymous = await caught('hub.gated', resolve(test.client));
    expect(anonymous.facts).toMatchObject({ acceptUrl: `${test.hub.hubUrl}/acme/tiny`, authenticated: false });
    expect(anonymous.hint).toContain(`${test.hub.hubUrl}/acme/tiny`);
    expect((await caught('hub.gated', resolve(test.clientWith('other')))).facts.authenticated).toBe(true);
    expect(await resolve(test.clientWith('granted'))).toMatchObject({ sha256 });
    expect((await test.client.repoInfo('acme/tiny')).gated).toBe('manual');
  });

  it('knows a disabled repo', async () => {
    await using test = await setup({ repos: [{ ...repo, disabled: true }] });
    await caught('hub.disabled', test.client.repoInfo('acme/tiny'));
    await caught('hub.disabled', test.client.resolveFile('acme/tiny', 'config.json', { revision: 'main' }));
  });

  it('gives a 429 the time to wait', async () => {
    await using test = await setup();
    test.hub.faults.arm({ fault: { kind: 'rate-limited', retryAfterSeconds: 30, resetSeconds: 70 } });
    const error = await caught('network.rate-limited', test.client.repoInfo('acme/tiny'));
    expect(error.facts.retryAfterMs).toBe(70_000);
  });

  it.each([500, 503])('types a hub in trouble (%s)', async (status) => {
    await using test = await setup();
    test.hub.faults.arm({ fault: { kind: 'status', status } });
    const info = await caught('network.status', test.client.repoInfo('acme/tiny'));
    expect(info.facts.status).toBe(status);
  });

  it('takes no web page for an answer', async () => {
    await using test = await setup();
    test.hub.faults.arm({ fault: { kind: 'html-page' }, when: { times: 2 } });
    expect((await caught('network.body', test.client.repoInfo('acme/tiny'))).facts.reason).toBe('content-type');
    await caught('hub.unexpected', test.client.resolveFile('acme/tiny', 'config.json', { revision: 'main' }));
  });

  it('shows a token in no error', async () => {
    const token = 'canary-4f1d9b2c';
    await using test = await setup({ tokens: ['good'] });
    const client = test.clientWith(token);
    const outcomes = await Promise.allSettled([
      client.repoInfo('acme/tiny'),
      allOf(client.listTree('acme/tiny', { revision: 'main' })),
      client.resolveFile('acme/tiny', 'config.json', { revision: 'main' }),
      allOf(client.search({ search: 'x' })),
    ]);
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') expect.unreachable();
      else expect(`${JSON.stringify(outcome.reason)} ${(outcome.reason as Error).stack}`).not.toContain(token);
    }
    expect(test.hub.requests.every((request) => request.headers.authorization === `Bearer ${token}`)).toBe(true);
  });

  it('throws the reason of an abort as it is', async () => {
    await using test = await setup();
    const reason = { why: 'not even an Error' };
    const signal = AbortSignal.abort(reason);
    await expect(test.client.repoInfo('acme/tiny', { signal })).rejects.toBe(reason);
    await expect(test.client.resolveFile('acme/tiny', 'x', { revision: 'main', signal })).rejects.toBe(reason);
    await expect(allOf(test.client.listTree('acme/tiny', { revision: 'main', signal }))).rejects.toBe(reason);
    await expect(allOf(test.client.search({ signal }))).rejects.toBe(reason);
  });
});
