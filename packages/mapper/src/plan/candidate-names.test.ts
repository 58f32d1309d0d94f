import { describe, expect, it } from 'vitest';
import { candidateNames } from './candidate-names.ts';

const digest = '0123456789abcdef'.repeat(4);

describe('candidateNames', () => {
  it('starts with the wanted name and keeps the extension at the end', () => {
    expect(candidateNames({ baseName: 'flux.v1.safetensors', digest, isFile: true })).toEqual([
      'flux.v1.safetensors',
      'flux.v1-01234567.safetensors',
      'flux.v1-0123456789abcdef.safetensors',
      `flux.v1-${digest}.safetensors`,
    ]);
  });

  it('knows no extension of a folder', () => {
    expect(candidateNames({ baseName: 'llama-3.1', digest, isFile: false })[1]).toBe('llama-3.1-01234567');
  });

  it('shortens a name that would be too long, never within a character', () => {
    const names = candidateNames({ baseName: `${'模'.repeat(80)}.gguf`, digest, isFile: true });
    for (const name of names) {
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
      expect(name.isWellFormed()).toBe(true);
      expect(name.endsWith('.gguf')).toBe(true);
    }
    expect(names[3]).toBe(`${'模'.repeat(61)}-${digest}.gguf`);
  });
});
