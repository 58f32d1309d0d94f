import { describe, expect, it } from 'vitest';
import type { HubReference } from './hub-reference.ts';
import { parseHubReference } from './parse-hub-reference.ts';

const reference = (repo: string, revision: string | null = null, path: string | null = null): HubReference => ({
  repo,
  revision,
  path,
});

describe('hf:', () => {
  it.each([
    ['hf:gpt2', reference('gpt2')],
    ['hf:gpt2@main', reference('gpt2', 'main')],
    ['hf:gpt2@main/config.json', reference('gpt2', 'main', 'config.json')],
    ['hf:gpt2/config.json', reference('gpt2/config.json')],
    ['hf:acme/tiny', reference('acme/tiny')],
    ['  hf:acme/tiny/ ', reference('acme/tiny')],
    ['hf:acme/tiny@v1.0', reference('acme/tiny', 'v1.0')],
    ['hf:acme/tiny@refs%2Fpr%2F1', reference('acme/tiny', 'refs/pr/1')],
    ['hf:acme/tiny@refs%2Fpr%2F1/vae/', reference('acme/tiny', 'refs/pr/1', 'vae')],
    ['hf:a/b/c', reference('a/b', null, 'c')],
    ['hf:a/b/c@d/e.bin', reference('a/b', null, 'c@d/e.bin')],
    ['hf:a/b@c@d/e', reference('a/b', 'c@d', 'e')],
    ['hf:a/b/x %20#?y.bin', reference('a/b', null, 'x %20#?y.bin')],
  ])('reads %s', (text, expected) => {
    expect(parseHubReference(text)).toEqual(expected);
  });

  it.each([
    '',
    'hf:',
    'hf:/',
    'hf://acme/tiny',
    'hf:a/b@',
    'hf:@main',
    'hf:a/@main',
    'hf:a/b@%',
    'hf:a/b@%2e%2e',
    'hf:a/b@x%00',
    'hf:a/b//c',
    'hf:a/b/../c',
    'hf:a/b/c/..',
    'hf:../b',
    'hf:a b/c',
    'HF:a/b',
    'acme/tiny',
    'civitai:123',
    `hf:a/b/${'x'.repeat(10_000)}`,
  ])('refuses %j with the reason', (text) => {
    expect(() => parseHubReference(text)).toThrow(
      expect.objectContaining({
        code: 'hub.invalid-reference',
        facts: { reference: expect.any(String), reason: expect.stringMatching(/./) },
      }),
    );
  });
});

describe('URLs', () => {
  const hub = 'https://huggingface.co';

  it.each([
    [`${hub}/gpt2`, reference('gpt2')],
    [`${hub}/gpt2/`, reference('gpt2')],
    [`${hub}/gpt2/tree/main`, reference('gpt2', 'main')],
    [`${hub}/acme/tiny?library=diffusers#usage`, reference('acme/tiny')],
    [`${hub}/acme/tiny/tree/refs%2Fpr%2F1/vae`, reference('acme/tiny', 'refs/pr/1', 'vae')],
    [`${hub}/acme/tiny/blob/main/sub/a%20%23.bin`, reference('acme/tiny', 'main', 'sub/a #.bin')],
    [`${hub}/acme/tiny/resolve/main/a.bin?download=true`, reference('acme/tiny', 'main', 'a.bin')],
    ['HTTPS://HuggingFace.co/acme/tiny', reference('acme/tiny')],
  ])('reads %s', (text, expected) => {
    expect(parseHubReference(text)).toEqual(expected);
  });

  it('reads those of the endpoint only, below its path', () => {
    const endpoint = 'http://127.0.0.1:8080/hf';
    expect(parseHubReference(`${endpoint}/acme/tiny/blob/v1/x`, { endpoint })).toEqual(
      reference('acme/tiny', 'v1', 'x'),
    );
    for (const text of [`${hub}/acme/tiny`, 'http://127.0.0.1:8080/acme/tiny', 'http://127.0.0.1:8081/hf/acme/tiny']) {
      expect(() => parseHubReference(text, { endpoint })).toThrow(endpoint);
    }
  });

  it.each([
    `${hub}/`,
    `${hub}/datasets/acme/data`,
    `${hub}/spaces/acme/app`,
    `${hub}/docs/hub`,
    `${hub}/acme/tiny/discussions/3`,
    `${hub}/acme/tiny/tree`,
    `${hub}/acme/tiny/blob/main`,
    `${hub}/acme/tiny/resolve/main/%ff`,
    `${hub}/acme/tiny/resolve/main/..%2F..%2Fx`,
    `${hub}/acme/tiny/resolve/%2e%2e%2fx/y`,
    `${hub}/acme/ti%20ny`,
    'http://huggingface.co/acme/tiny',
    'https://huggingface.co.evil.example/acme/tiny',
    'https://huggingface.co@evil.example/acme/tiny',
    'https://',
  ])('refuses %s', (text) => {
    expect(() => parseHubReference(text)).toThrow(expect.objectContaining({ code: 'hub.invalid-reference' }));
  });

  it('keeps the secrets of a URL out of the error', () => {
    try {
      parseHubReference(`${hub}/acme/tiny/nonsense?token=canary`);
      expect.unreachable();
    } catch (error) {
      expect(JSON.stringify(error)).not.toContain('canary');
    }
  });
});
