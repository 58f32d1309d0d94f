import { describe, expect, it } from 'vitest';
import { parseReference } from './parse-reference.ts';
import type { CivitaiFileChoice, CivitaiReference, HubReference } from './reference.ts';

const hub = 'https://huggingface.co';
const civitai = 'https://civitai.com';
const model = (repo: string, revision: string | null = null, path: string | null = null): HubReference => ({
  provider: 'hf',
  repoType: 'model',
  repo,
  revision,
  path,
});
const dataset = (...parts: Parameters<typeof model>): HubReference => ({ ...model(...parts), repoType: 'dataset' });
const space = (...parts: Parameters<typeof model>): HubReference => ({ ...model(...parts), repoType: 'space' });
const version = (
  modelId: number | null,
  versionId: number | null = null,
  file: Partial<CivitaiFileChoice> | null = null,
): CivitaiReference => ({
  provider: 'civitai',
  modelId,
  versionId,
  file: file === null ? null : { fileId: null, type: null, format: null, size: null, precision: null, ...file },
});

const cases: readonly (readonly [text: string, expected: object])[] = [
  ['hf:gpt2', model('gpt2')],
  ['hf:gpt2@main', model('gpt2', 'main')],
  ['hf:gpt2@main/config.json', model('gpt2', 'main', 'config.json')],
  ['hf:gpt2/config.json', model('gpt2/config.json')],
  ['hf:acme/tiny', model('acme/tiny')],
  ['  hf:acme/tiny/ \n', model('acme/tiny')],
  ['HF:acme/tiny', model('acme/tiny')],
  ['hf:acme/tiny@v1.0', model('acme/tiny', 'v1.0')],
  ['hf:acme/tiny@refs%2Fpr%2F1', model('acme/tiny', 'refs/pr/1')],
  ['hf:acme/tiny@refs%2Fpr%2F1/vae/', model('acme/tiny', 'refs/pr/1', 'vae')],
  ['hf:acme/tiny@refs/pr/1', model('acme/tiny', 'refs/pr/1')],
  ['hf:acme/tiny@refs/convert/parquet/default', model('acme/tiny', 'refs/convert/parquet', 'default')],
  ['hf:acme/tiny@refs/heads/x', model('acme/tiny', 'refs', 'heads/x')],
  ['hf:a/b/c', model('a/b', null, 'c')],
  ['hf:a/b/c@d/e.bin', model('a/b', null, 'c@d/e.bin')],
  ['hf:a/b@c@d/e', model('a/b', 'c@d', 'e')],
  ['hf:a/b/x %20#?y.bin', model('a/b', null, 'x %20#?y.bin')],
  ['hf://acme/tiny@v1/vae', model('acme/tiny', 'v1', 'vae')],
  ['hf:models/acme/tiny', model('acme/tiny')],
  ['hf:datasets/acme/data', dataset('acme/data')],
  ['hf:datasets/acme/data@v1/train.parquet', dataset('acme/data', 'v1', 'train.parquet')],
  ['hf://datasets/squad@main/x.json', dataset('squad', 'main', 'x.json')],
  ['hf:datasets/squad', dataset('squad')],
  ['hf:spaces/acme/app/app.py', space('acme/app', null, 'app.py')],
  ['acme/tiny', model('acme/tiny')],
  ['acme/tiny@v1', model('acme/tiny', 'v1')],
  ['acme/tiny@refs%2Fpr%2F1', model('acme/tiny', 'refs/pr/1')],
  ['datasets/acme/data', dataset('acme/data')],
  ['datasets/squad', dataset('squad')],
  [`${hub}/gpt2`, model('gpt2')],
  [`${hub}/gpt2/`, model('gpt2')],
  [`${hub}/gpt2/tree/main`, model('gpt2', 'main')],
  [`${hub}/acme/tiny?library=diffusers#usage`, model('acme/tiny')],
  [`${hub}/acme/tiny/tree/refs%2Fpr%2F1/vae`, model('acme/tiny', 'refs/pr/1', 'vae')],
  [`${hub}/acme/tiny/tree/refs/pr/1/vae`, model('acme/tiny', 'refs/pr/1', 'vae')],
  [`${hub}/acme/tiny/blob/main/sub/a%20%23.bin`, model('acme/tiny', 'main', 'sub/a #.bin')],
  [`${hub}/acme/tiny/resolve/main/a.bin?download=true`, model('acme/tiny', 'main', 'a.bin')],
  [`${hub}/acme/tiny/raw/main/README.md`, model('acme/tiny', 'main', 'README.md')],
  [`${hub}/acme/tiny/blame/main/README.md`, model('acme/tiny', 'main', 'README.md')],
  [`${hub}/acme/tiny/commits/main`, model('acme/tiny', 'main')],
  [`${hub}/acme/tiny/commit/${'a'.repeat(40)}`, model('acme/tiny', 'a'.repeat(40))],
  [`${hub}/acme/tiny/tree/main?show_file_info=sub%2Fx.gguf`, model('acme/tiny', 'main', 'sub/x.gguf')],
  [`${hub}/acme/tiny?show_file_info=x.safetensors`, model('acme/tiny', null, 'x.safetensors')],
  [`${hub}/datasets/acme/data/blob/main/x.csv`, dataset('acme/data', 'main', 'x.csv')],
  [`${hub}/datasets/squad`, dataset('squad')],
  [`${hub}/spaces/acme/app/tree/main`, space('acme/app', 'main')],
  [`${hub}/api/models/acme/tiny/revision/main`, model('acme/tiny', 'main')],
  [`${hub}/api/datasets/acme/data/tree/main/sub`, dataset('acme/data', 'main', 'sub')],
  ['HTTPS://HuggingFace.co/acme/tiny', model('acme/tiny')],
  ['https://www.huggingface.co/acme/tiny', model('acme/tiny')],
  ['https://hf.co/acme/tiny/tree/main', model('acme/tiny', 'main')],
  ['http://huggingface.co/acme/tiny', model('acme/tiny')],
  ['huggingface.co/acme/tiny/blob/main/a.bin', model('acme/tiny', 'main', 'a.bin')],
  ['hf.co/acme/tiny', model('acme/tiny')],
  ['civitai:101055', version(101055)],
  ['civitai:101055@128078', version(101055, 128078)],
  ['civitai: 101055 @ 128078', version(101055, 128078)],
  ['Civitai:@128078', version(null, 128078)],
  ['urn:air:sdxl:checkpoint:civitai:101055@128078', version(101055, 128078)],
  ['urn:air:flux1:lora:civitai:827184@2514310.safetensors', version(827184, 2514310, { format: 'safetensors' })],
  ['air:sd1:embedding:civitai:5', version(5)],
  ['sdxl:lora:civitai:328553@368189', version(328553, 368189)],
  [`${civitai}/models/123`, version(123)],
  [`${civitai}/models/123/some-slug`, version(123)],
  [`${civitai}/models/123/some-slug?modelVersionId=456&x=y#z`, version(123, 456)],
  [`${civitai}/models/123?modelVersionId=nonsense`, version(123)],
  [`${civitai}/model-versions/456`, version(null, 456)],
  [`${civitai}/api/v1/models/123`, version(123)],
  [`${civitai}/api/v1/model-versions/456`, version(null, 456)],
  [`${civitai}/api/download/models/456`, version(null, 456)],
  [
    `${civitai}/api/download/models/456?type=Model&format=SafeTensor&size=pruned&fp=fp16&fileId=7&token=canary`,
    version(null, 456, { fileId: 7, type: 'Model', format: 'SafeTensor', size: 'pruned', precision: 'fp16' }),
  ],
  [
    `${civitai}/api/download/models/456?type=Pruned%20Model&format=%3Cb%3E`,
    version(null, 456, { type: 'Pruned Model' }),
  ],
  ['https://civitai.green/models/958009/x?modelVersionId=1576605', version(958009, 1576605)],
  ['https://www.civitai.red/models/196908/x', version(196908)],
  ['civitai.com/models/123', version(123)],
  ['https://x.example/a%20b.safetensors', { provider: 'url', url: 'https://x.example/a%20b.safetensors' }],
  ['http://nas.example:8080/x.gguf', { provider: 'url', url: 'http://nas.example:8080/x.gguf' }],
  [
    'https://cdn.example/x?Signature=a%2Bb&e=1#top',
    { provider: 'url', url: 'https://cdn.example/x?Signature=a%2Bb&e=1' },
  ],
  [
    'https://huggingface.co.evil.example/acme/x',
    { provider: 'url', url: 'https://huggingface.co.evil.example/acme/x' },
  ],
  ['https://huggingface.co:8443/acme/x', { provider: 'url', url: 'https://huggingface.co:8443/acme/x' }],
  ['https://civitai.com.evil.example/models/1', { provider: 'url', url: 'https://civitai.com.evil.example/models/1' }],
  ['https://acme-app.hf.space/x', { provider: 'url', url: 'https://acme-app.hf.space/x' }],
];

const refused: readonly (readonly [text: string, reason: RegExp])[] = [
  ['', /empty/],
  ['   ', /empty/],
  ['hf:', /empty/],
  ['hf:/', /without a slash/],
  ['hf:///acme/tiny', /without a slash/],
  ['hf:a/b@', /revision is empty/],
  ['hf:@main', /empty/],
  ['hf:a/@main', /empty/],
  ['hf:a/b@%', /%25/],
  ['hf:a/b@%2e%2e', /two dots/],
  ['hf:a/b@x%00', /control/],
  ['hf:a/b//c', /empty segment/],
  ['hf:a/b/../c', /"\.\."/],
  ['hf:../b', /repo id/],
  ['hf:a b/c', /repo id/],
  ['hf:datasets', /repo id|names no repo|empty/],
  ['hf:datasets/', /empty/],
  ['hf:a/b\u0000c', /control/],
  ['https://exa\tmple.com/x', /control/],
  ['gpt2', /one segment/],
  ['acme/tiny/x.bin', /neither/],
  ['./acme/tiny', /path on this machine/],
  ['/models/x.gguf', /path on this machine/],
  ['~/x.gguf', /path on this machine/],
  ['C:\\models\\x.gguf', /nothing that is known/],
  ['models\\x.gguf', /path on this machine/],
  ['llama3:8b', /Ollama/],
  ['library/llama3:latest', /Ollama/],
  ['ollama:llama3', /Ollama/],
  ['hf.co/acme/tiny-GGUF:Q4_K_M', /no tag/],
  ['109395@84321', /civitai:109395@84321/],
  ['ftp://x.example/y', /nothing that is known/],
  ['file:///etc/passwd', /nothing that is known/],
  ['javascript:alert(1)', /nothing that is known/],
  ['data:text/plain,x', /nothing that is known/],
  [`${hub}/`, /page of the hub/],
  [`${hub}/datasets`, /page of the hub/],
  [`${hub}/docs/hub`, /page of the hub/],
  [`${hub}/api/whoami-v2`, /page of the hub/],
  [`${hub}/acme/tiny/discussions/3`, /discussions/],
  [`${hub}/acme/tiny/tree`, /no revision/],
  [`${hub}/acme/tiny/blob/main`, /no file/],
  [`${hub}/acme/tiny/resolve/main/%ff`, /%25/],
  [`${hub}/acme/tiny/resolve/main/..%2F..%2Fx`, /"\.\."/],
  [`${hub}/acme/tiny?show_file_info=..%2F..%2Fx`, /"\.\."/],
  [`${hub}/acme/tiny/resolve/%2e%2e%2fx/y`, /two dots/],
  [`${hub}/acme/ti%20ny`, /repo id/],
  ['https://', /no URL/],
  ['https://[::1/x', /no URL/],
  ['https://user:canary@x.example/y', /user or password/],
  ['https://canary@huggingface.co/acme/tiny', /user or password/],
  ['https://huggingface.co@evil.example/acme/tiny', /user or password/],
  ['https://user:canary@[bad', /no URL/],
  ['civitai:', /number of a model/],
  ['civitai:abc', /number of a model/],
  ['civitai:0', /number of a model/],
  ['civitai:0@5', /number of a model/],
  ['civitai:1@', /number of a model/],
  ['civitai:1@0', /number of a model/],
  ['civitai:99999999999999999999', /number of a model/],
  ['urn:air:flux1:checkpoint:huggingface:acme/tiny@x', /only those of civitai/],
  ['urn:isbn:0451450523', /only those of civitai/],
  ['a:b:c:d:e:f:civitai:1', /only those of civitai/],
  [`${civitai}/`, /no page of a model/],
  [`${civitai}/images/5`, /no page of a model/],
  [`${civitai}/user/x/models`, /no page of a model/],
  [`${civitai}/models/0`, /no page of a model/],
  [`${civitai}/models/12x`, /no page of a model/],
  [`${civitai}/api/v1/model-versions/by-hash/abc`, /no page of a model/],
  [`hf:a/b/${'x'.repeat(10_000)}`, /longer than/],
];

describe('parseReference', () => {
  it.each(cases)('reads %s', (text, expected) => {
    const reference = parseReference(text);
    expect(reference).toEqual(expected);
    expect(structuredClone(reference)).toEqual(reference);
    expect(JSON.stringify(reference)).not.toContain('canary');
  });

  it.each(refused)('refuses %j', (text, reason) => {
    try {
      parseReference(text);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: 'hub.invalid-reference', facts: { reason: expect.stringMatching(reason) } });
      expect(JSON.stringify(error)).not.toContain('canary');
    }
  });

  it('takes the URLs of the hub and the Civitai that are used, below their paths', () => {
    const options = { endpoint: 'http://127.0.0.1:8080/hf', civitaiEndpoint: 'https://mirror.example/c/' };
    const read = (text: string): object => parseReference(text, options);
    expect(read('http://127.0.0.1:8080/hf/acme/tiny/blob/v1/x')).toEqual(model('acme/tiny', 'v1', 'x'));
    expect(read('https://mirror.example/c/models/5?modelVersionId=6')).toEqual(version(5, 6));
    expect(read(`${hub}/acme/tiny`)).toEqual(model('acme/tiny'));
    for (const url of [
      'http://127.0.0.1:8080/other/x',
      'http://127.0.0.1:8081/hf/acme/tiny',
      'https://mirror.example/cc/models/5',
    ]) {
      expect(read(url)).toEqual({ provider: 'url', url });
    }
    expect(() => parseReference(`${hub}/a/b`, { endpoint: 'ftp://x' })).toThrow(
      expect.objectContaining({ code: 'core.invalid-argument' }),
    );
  });

  it('keeps the secrets of a URL out of the error and says what is accepted', () => {
    try {
      parseReference(`${hub}/acme/tiny/nonsense?token=canary`);
      expect.unreachable();
    } catch (error) {
      expect(JSON.stringify(error)).not.toContain('canary');
      expect(error).toMatchObject({ hint: expect.stringMatching(/hf:org\/name.*civitai:.*https/) });
    }
  });

  it('takes no longer for hostile texts than for others', () => {
    const hostile = ['/', '@', ':', ' ', '%', 'a:', 'a/', '//@', '?&=', '.', '0', ':civitai:', '\u202e'];
    const texts = hostile.flatMap((part) =>
      ['', 'hf:', 'civitai:', 'urn:air:', 'https://', `${hub}/a/b/tree/`, `${civitai}/models/1`, 'a'].map((start) =>
        `${start}${part.repeat(8_192)}`.slice(0, 8_192),
      ),
    );
    for (const text of [...texts, 'x'.repeat(5_000_000)]) {
      try {
        parseReference(text);
      } catch (error) {
        expect(error).toMatchObject({ code: 'hub.invalid-reference' });
      }
    }
  }, 20_000);
});
