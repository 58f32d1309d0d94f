import { expect, it } from 'vitest';
import { redactSecrets, redactUrl } from './redact.ts';

it('leaves of a URL what is no secret', () => {
  expect(redactUrl('https://user:pass@cdn.example:8443/a/b?Signature=x#f')).toBe('https://cdn.example:8443/a/b?…');
  expect(redactUrl(new URL('http://127.0.0.1/a'))).toBe('http://127.0.0.1/a');
  expect(redactUrl('/relative?token=1')).toBe('/relative');
});

it('finds URLs and tokens within a text', () => {
  expect(redactSecrets('see https://a.example/x?k=1 and "Bearer tok", hf_abcdefghijklmnopqrstuvwxyz')).toBe(
    'see https://a.example/x?… and "[redacted]", [redacted]',
  );
});
