import { expect, test } from 'vitest';
import { bucketOf, readRoute } from './route.ts';

function routeOf(url: string): unknown {
  return readRoute(url.split('?')[0] ?? '', url);
}

test.each([
  ['/api/models', { kind: 'list', type: 'model' }],
  ['/api/datasets', { kind: 'list', type: 'dataset' }],
  ['/api/spaces', { kind: 'list', type: 'space' }],
  ['/api/whoami-v2', { kind: 'whoami' }],
  ['/api/models/gpt2', { kind: 'info', address: { id: 'gpt2', type: 'model' }, revision: null }],
  ['/api/models/acme/x', { kind: 'info', address: { id: 'acme/x' }, revision: null }],
  ['/api/models/gpt2/revision/refs%2Fpr%2F1', { kind: 'info', address: { id: 'gpt2' }, revision: 'refs/pr/1' }],
  ['/api/datasets/acme/x/refs', { kind: 'refs', address: { id: 'acme/x', type: 'dataset' } }],
  ['/api/models/acme/x/tree/main', { kind: 'tree', revision: 'main', path: '' }],
  ['/api/models/acme/x/tree/main/', { kind: 'tree', revision: 'main', path: '' }],
  ['/api/models/acme/x/tree/main/a%2Fb%20c', { kind: 'tree', revision: 'main', path: 'a/b c' }],
  ['/api/models/acme/x/paths-info/main', { kind: 'paths-info', revision: 'main' }],
  ['/gpt2/resolve/main/a.json', { kind: 'resolve', address: { id: 'gpt2', type: 'model' }, path: 'a.json' }],
  ['/acme/x/resolve/a%2Fb/c/d%23%3F%25.json', { kind: 'resolve', revision: 'a/b', path: 'c/d#?%.json' }],
  ['/datasets/acme/x/resolve/main/y', { kind: 'resolve', address: { id: 'acme/x', type: 'dataset' } }],
  ['/spaces/acme/x/resolve/main/y', { kind: 'resolve', address: { id: 'acme/x', type: 'space' } }],
  ['/acme/x/resolve/main//etc/passwd', { kind: 'resolve', path: '/etc/passwd' }],
  ['/acme/x/resolve/main/../y', { kind: 'resolve', path: '../y' }],
  [
    `/api/resolve-cache/models/acme/x/${'a'.repeat(40)}/b/c`,
    { kind: 'resolve-cache', address: { id: 'acme/x' }, revision: 'a'.repeat(40), path: 'b/c' },
  ],
  [`/api/resolve-cache/spaces/x/${'a'.repeat(40)}/b`, { kind: 'resolve-cache', address: { id: 'x', type: 'space' } }],
])('%s', (url, expected) => {
  expect(routeOf(url)).toMatchObject(expected);
});

test('a revision whose slashes are not encoded names another revision and path', () => {
  expect(routeOf('/acme/x/resolve/refs/pr/1/a')).toMatchObject({ revision: 'refs', path: 'pr/1/a' });
});

test.each([
  '/',
  '/acme',
  '/acme/x',
  '/acme/x/resolve/main',
  '/acme/x/blob/main/a',
  '//x/resolve/main/a',
  '/models/acme/x/resolve/main/a',
  '/api/unknown',
  '/api/models/',
  '/api/models/acme/x/tree',
  '/api/models/acme/x/tree/',
  '/api/models/acme/x/commits/main',
  '/api/models/acme/x/refs/more',
  '/api/models/acme/x/revision/main/more',
  '/api/resolve-cache/nothing/acme/x',
  '/api/resolve-cache/models/acme/x',
])('%s is nothing', (url) => {
  expect(routeOf(url)).toEqual({ kind: 'unknown' });
});

test('what is around the id is kept as it was sent', () => {
  expect(routeOf('/api/models/old/x/tree/a%2Fb?recursive=true')).toMatchObject({
    address: { before: '/api/models/', after: '/tree/a%2Fb?recursive=true' },
  });
});

test('requests fall into three buckets', () => {
  expect(bucketOf('/api/models')).toBe('api');
  expect(bucketOf('/api/resolve-cache/models/x')).toBe('resolvers');
  expect(bucketOf('/acme/x/resolve/main/a')).toBe('resolvers');
  expect(bucketOf('/acme/x')).toBe('pages');
});
