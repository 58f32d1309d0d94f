import { expect, it } from 'vitest';
import { checkPayload } from './check-payload.ts';

const endpoint = 'https://hub.example';
const secret = 'S3cr3tCanary';
const stored = (reference: string): unknown => checkPayload('download', { reference }, endpoint);

it('keeps of an address what says which model is meant', () => {
  for (const [given, kept] of [
    ['hf:acme/x@main/a.safetensors', 'hf:acme/x@main/a.safetensors'],
    [
      `https://hub.example/acme/x/resolve/main/a.safetensors?download=true&token=${secret}#x`,
      'https://hub.example/acme/x/resolve/main/a.safetensors',
    ],
    [
      `https://civitai.com/models/7/name?modelVersionId=9&token=${secret}`,
      'https://civitai.com/models/7/name?modelVersionId=9',
    ],
    [
      `https://civitai.com/api/download/models/9?type=Model&token=${secret}&format=SafeTensor`,
      'https://civitai.com/api/download/models/9?type=Model&format=SafeTensor',
    ],
    ['https://files.example/a.safetensors#part', 'https://files.example/a.safetensors'],
  ] as const) {
    expect(stored(given)).toEqual({ reference: kept });
  }
});

it('refuses what may hold a secret, and does not show it', () => {
  const token = `hf_${'a'.repeat(30)}`;
  for (const reference of [
    `https://files.example/a.safetensors?X-Amz-Signature=${secret}`,
    `https://me:${secret}@files.example/a.safetensors`,
    `hf:acme/x@main/a.safetensors?token=${secret}`,
    `hf:acme/x?token=${secret}`,
    `hf:acme/x@main/${token}`,
  ]) {
    const error = ((): unknown => {
      try {
        return stored(reference);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(Error);
    expect((error as { code: string }).code, reference).toMatch(/^(core\.invalid-argument|hub\.invalid-reference)$/);
    expect(JSON.stringify(error) + String(error)).not.toMatch(new RegExp(`${secret}|${token}`));
  }
  expect(() => checkPayload('scan', { roots: ['/a', `/b/${token}`] }, endpoint)).toThrow(
    expect.objectContaining({ code: 'core.invalid-argument', facts: { argument: 'payload.roots' } }),
  );
});
