import { expect, it } from 'vitest';
import { parseRequirement } from './parse-requirement.ts';

const HASH = 'ab'.repeat(32);

it.each([
  [HASH, { by: 'sha256', sha256: HASH }],
  [`sha256:${HASH.toUpperCase()}`, { by: 'sha256', sha256: HASH }],
  ['civitai:12@34', { by: 'civitai', versionId: 34 }],
  ['civitai:@34', { by: 'civitai', versionId: 34 }],
  ['urn:air:sdxl:lora:civitai:12@34.safetensors', { by: 'civitai', versionId: 34 }],
  ['hf:acme/tiny/a/b.safetensors', { by: 'hf', repo: 'acme/tiny', path: 'a/b.safetensors', revision: null }],
  ['hf:acme/tiny@v1/a.gguf', { by: 'hf', repo: 'acme/tiny', path: 'a.gguf', revision: 'v1' }],
  ['hf://acme/tiny@refs%2Fpr%2F1/a.gguf', { by: 'hf', repo: 'acme/tiny', path: 'a.gguf', revision: 'refs/pr/1' }],
  ['hf:acme/tiny/a.gguf@v1', { by: 'hf', repo: 'acme/tiny', path: 'a.gguf', revision: 'v1' }],
  ['hf:acme/tiny@main/odd@name.gguf', { by: 'hf', repo: 'acme/tiny', path: 'odd@name.gguf', revision: 'main' }],
  ['hf:acme/tiny/a.gguf@%', { by: 'hf', repo: 'acme/tiny', path: 'a.gguf', revision: '%' }],
  [' D:\\SD\\a.safetensors ', { by: 'alias', path: 'D:\\SD\\a.safetensors' }],
])('%s', (text, query) => {
  expect(parseRequirement(text)).toEqual(query);
});

it.each(['', '  ', 'a\0b', 'x'.repeat(5_000), 'civitai:12', 'civitai:@0', 'hf:acme/tiny', 'hf:acme', 'hf:'])(
  '%j means no one file',
  (text) => {
    expect(() => parseRequirement(text)).toThrow(expect.objectContaining({ code: 'core.invalid-argument' }) as Error);
  },
);
