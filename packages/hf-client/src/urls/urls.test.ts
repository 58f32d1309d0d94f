import { createHttpClient } from '@modelkeep/network';
import { describe, expect, it } from 'vitest';
import { createHubClient } from '../client/create-hub-client.ts';
import { treeUrl } from './hub-urls.ts';

const http = createHttpClient();
const hub = createHubClient({ http });

describe('resolveUrl', () => {
  it.each([
    ['config.json', 'main', 'main/config.json'],
    ['a b/#?%&+.json', 'refs/pr/1', 'refs%2Fpr%2F1/a%20b/%23%3F%25%26%2B.json'],
    ['ünï/文件.bin', 'v1.0', 'v1.0/%C3%BCn%C3%AF/%E6%96%87%E4%BB%B6.bin'],
    ['back\\slash', 'a b', 'a%20b/back%5Cslash'],
  ])('encodes %s at %s', (path, revision, expected) => {
    const url = hub.resolveUrl('acme/tiny', path, { revision });
    expect(url).toBe(`https://huggingface.co/acme/tiny/resolve/${expected}`);
    expect(new URL(url).href).toBe(url);
  });

  it.each([
    ['a/b', '../../../api/whoami-v2', 'main'],
    ['a/b', 'x/./y', 'main'],
    ['a/b', '', 'main'],
    ['a/b', 'x', '..'],
    ['a/../b', 'x', 'main'],
  ])('makes no URL that means another place: %s %s %s', (repo, path, revision) => {
    expect(() => hub.resolveUrl(repo, path, { revision })).toThrow(
      expect.objectContaining({ code: 'hub.invalid-reference' }),
    );
  });
});

it('encodes the slashes of a tree path', () => {
  expect(treeUrl('https://h', { repo: 'a/b', revision: 'x/y', path: 'c/d e', recursive: false })).toBe(
    'https://h/api/models/a/b/tree/x%2Fy/c%2Fd%20e',
  );
});

it.each(['huggingface.co', 'ftp://h', 'https://user:canary@h', 'https://h?token=canary', 'https://h#x', ''])(
  'refuses the endpoint %j',
  (endpoint) => {
    try {
      createHubClient({ http, endpoint });
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: 'core.invalid-argument', facts: { argument: 'endpoint' } });
      expect(JSON.stringify(error)).not.toContain('canary');
    }
  },
);
