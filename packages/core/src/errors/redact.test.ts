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

it('leaves of the address of a database what is no secret', () => {
  expect(redactUrl('postgresql://me:hunter2@db.example:5433/models?sslpassword=x')).toBe(
    'postgresql://db.example:5433/models?…',
  );
  expect(redactSecrets('cannot reach postgres://me:hunter2@db.example/models now')).toBe(
    'cannot reach postgres://db.example/models now',
  );
});
