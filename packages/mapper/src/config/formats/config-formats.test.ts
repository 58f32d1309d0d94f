import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { ConfigEditor, ConfigSection, EditedText, SectionModel } from '../config-section.ts';
import { configEditor } from '../config-editors.ts';

const view = (app: string): string => `/lib/views/${app}-0123456789ab`;
const settings = (...entries: readonly (readonly [string, string])[]): ConfigSection => ({
  appRoot: '/apps/app',
  settings: entries.map(([key, folder]) => ({ key, folder })),
  models: [],
});
const model = (facts: Partial<SectionModel>): SectionModel => ({
  name: 'tiny-Q4_K_M',
  path: '/lib/views/x/models/tiny-Q4_K_M.gguf',
  sizeBytes: 7,
  sha256: null,
  mmproj: null,
  ...facts,
});
const models = (...list: readonly SectionModel[]): ConfigSection => ({
  appRoot: '/apps/app',
  settings: [],
  models: list,
});
const textOf = (result: EditedText): string => {
  if (result.problem !== null) throw new Error(result.problem);
  return result.text;
};
const flags = settings(['lora-dir', `${view('forge')}/models/Lora`]);
const examples: readonly (readonly [string, ConfigEditor, string, ConfigSection])[] = [
  [
    'comfyui-yaml',
    configEditor('comfyui-yaml', 'extra_model_paths.yaml'),
    '# mine\na111:\n    base_path: path/to/ui/   # here\n    loras: |\n         models/Lora\n         models/LyCORIS\nempty:\n',
    settings(['loras', `${view('comfyui')}/models/loras`], ['vae', `${view('comfyui')}/models/vae`]),
  ],
  [
    'webui-user.sh',
    configEditor('webui-user', 'webui-user.sh'),
    '#!/bin/bash\n#export COMMANDLINE_ARGS=""\nexport X="a"\n',
    flags,
  ],
  [
    'webui-user.bat',
    configEditor('webui-user', 'webui-user.bat'),
    '@echo off\r\nset COMMANDLINE_ARGS=--medvram\r\n\r\ncall webui.bat\r\n',
    flags,
  ],
  [
    'command-line',
    configEditor('command-line', 'CMD_FLAGS.txt'),
    '# flags\n# --model-dir x\n--listen --api\n',
    settings(['model-dir', '/lib/m']),
  ],
  [
    'swarmui-fds',
    configEditor('swarmui-fds', 'Settings.fds'),
    '#Settings related to file paths.\nPaths:\n\t#Root path.\n\tModelRoot: Models;D:\\sMine\n\tSDLoraFolder: Lora\nIsInstalled: true\n',
    settings(['ModelRoot', `${view('swarmui')}/Models`]),
  ],
  [
    'fooocus-json',
    configEditor('fooocus-json', 'config.txt'),
    '{\n    "path_checkpoints": [\n        "/apps/Fooocus/models/checkpoints"\n    ],\n  "path_loras":["/a", "/b"],\n    "nested": { "path_loras": 1 }\n}',
    settings(
      ['path_checkpoints', `${view('fooocus')}/models/checkpoints`],
      ['path_loras', `${view('fooocus')}/models/loras`],
    ),
  ],
  [
    'llama-cpp-ini',
    configEditor('llama-cpp-ini', 'models.ini'),
    'version = 1\n; mine\n[mine]\nmodel = /x.gguf\n',
    models(model({})),
  ],
];

describe.each(examples)('%s', (name, editor, text, section) => {
  const empty: ConfigSection = { ...section, settings: [], models: [] };
  it('leaves what the user wrote as it was, byte for byte, and gives it back', () => {
    const changed = textOf(editor.put(text, section));
    expect(changed).not.toBe(text);
    if (name !== 'fooocus-json') {
      expect(textOf(editor.take(changed))).toBe(text);
      expect(textOf(editor.put(changed, empty))).toBe(text);
    }
    for (const line of text.split('\n').filter((one) => !/path_|\/apps|ModelRoot/.test(one)))
      expect(changed).toContain(line);
  });
  it('does the same twice, and follows a change', () => {
    const changed = textOf(editor.put(text, section));
    expect(textOf(editor.put(changed, section))).toBe(changed);
    const other = { ...section, settings: section.settings.slice(0, 1), models: section.models };
    expect(textOf(editor.put(textOf(editor.put(changed, other)), section))).toBe(changed);
  });
  it('gives back a text without an end, and one with the ends of Windows', () => {
    for (const variant of [text.replace(/\r?\n$/, ''), text.replaceAll(/\r?\n/g, '\r\n')]) {
      const changed = textOf(editor.put(variant, section));
      if (name !== 'fooocus-json') expect(textOf(editor.take(changed))).toBe(variant);
      if (variant.includes('\r\n') && name !== 'fooocus-json')
        expect(changed.replaceAll('\r\n', '')).not.toContain('\n');
    }
  });
});

describe('extra_model_paths.yaml', () => {
  const editor = configEditor('comfyui-yaml', 'x.yaml');
  const section = settings(['loras', '/lib/ü𝄞 "x"/loras']);
  it('says what it should, in ASCII', () => {
    const text = textOf(editor.put(null, section));
    expect(text).toMatch(/^[\x20-\x7e\n]*$/);
    expect(parse(text)).toEqual({ modelkeep: { loras: '/lib/ü𝄞 "x"/loras' } });
    expect(textOf(editor.take(text))).toBe('');
  });
  it.each([
    ['a: b: c\n', /no YAML/],
    ['- a\n- b\n', /no YAML/],
    ['a: 1\na: 2\n', /no YAML/],
    ['{a: {b: c}}\n', /cannot be added/],
    ['a: 1\n---\nb: 2\n', /cannot be added/],
    ['modelkeep:\n  loras: x\n', /not written here/],
    ['x: &a [1,2]\ny: *a\n...\n', /cannot be added|no YAML/],
    ['__proto__: 1\nmodelkeep: 2\n', /not written here/],
  ])('leaves %j alone', (text, problem) => {
    const result = editor.put(text, section);
    expect(result.problem).toMatch(problem);
  });
  it('leaves a block alone that was changed by hand', () => {
    const text = textOf(editor.put('a: {}\n', section));
    const [begin = ''] = text.split('\n').slice(1);
    expect(editor.put(text.replace('# ---- modelkeep: end ----\n', ''), section).problem).toMatch(/by hand/);
    expect(editor.take(`${text}${begin}\n`).problem).toMatch(/by hand/);
  });
  it('is not fooled by aliases that grow', () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]'];
    for (let index = 1; index < 9; index += 1)
      bomb.push(`${'abcdefghij'[index]}: &${'abcdefghij'[index]} [${`*${'abcdefghij'[index - 1]},`.repeat(9)}]`);
    expect(editor.put(bomb.join('\n'), section).problem).toMatch(/no YAML/);
  });
  it.each([
    ['nested', 'a: '.concat('['.repeat(20_000), ']'.repeat(20_000))],
    ['nested without an end', '{'.repeat(20_000)],
    ['too large', `#${'x'.repeat(64 * 1024)}`],
    ['an alias of nothing', 'a: *b\n'],
    ['a key twice in a section', 'a:\n  loras: x\n  loras: y\n'],
    ['a key twice in braces', 'a: {loras: x, "loras": y}\n'],
  ])('leaves one alone that is %s', (_name, text) => {
    expect(editor.put(text, section).problem).toMatch(/no YAML/);
  });
  it.each([
    ['a mark of its encoding', '\uFEFFa: {}\n'],
    ['an alias of itself', 'a: &a [*a]\n'],
    ['keys that objects inherit', '__proto__:\n  loras: x\nconstructor: {prototype: y}\n'],
    ['a type of Python', 'a: !!python/object:os.system {}\n'],
    ['keys that are lists, and merges', '? [a, b]\n: &c {x: y}\nd:\n  <<: *c\n'],
    ['very many keys', `a: {${Array.from({ length: 8000 }, (_, index) => `k${index}`).join(',')}}\n`],
  ])('keeps %s as it is', (_name, text) => {
    const changed = textOf(editor.put(text, section));
    expect(changed.startsWith(text)).toBe(true);
    expect(textOf(editor.take(changed))).toBe(text);
    expect(Object.prototype).not.toHaveProperty('loras');
  });
});

describe('flags', () => {
  const sh = configEditor('webui-user', 'webui-user.sh');
  const bat = configEditor('webui-user', 'webui-user.bat');
  it('are quoted for the shell, and for shlex within it', () => {
    const text = textOf(sh.put(null, settings(['lora-dir', `/lib/it's "$HOME" \`x\` \\ y`])));
    expect(text).toContain(
      String.raw`export COMMANDLINE_ARGS="${'$'}{COMMANDLINE_ARGS:-}"' --lora-dir "/lib/it'\''s \"$HOME\" ` +
        '`x` ' +
        String.raw`\\ y"'`,
    );
  });
  it('go before the call in a batch file, with forward slashes', () => {
    const text = textOf(bat.put('@echo off\r\ncall webui.bat\r\n', settings(['lora-dir', String.raw`C:\lib\100%\x`])));
    expect(text).toContain('\r\nset COMMANDLINE_ARGS=%COMMANDLINE_ARGS% --lora-dir "C:/lib/100%%/x"\r\n');
    expect(text.indexOf('COMMANDLINE_ARGS')).toBeLessThan(text.indexOf('call webui.bat'));
  });
  it.each([
    ['a flag of the user', sh, 'export COMMANDLINE_ARGS="--lora-dir /mine"\n', '/lib/x', /--lora-dir already/],
    ['no call', bat, '@echo off\n', '/lib/x', /no line like/],
    ['no file', bat, null, '/lib/x', /not there/],
    ['a line break', sh, null, '/lib/\nrm -rf', /cannot be written/],
    ['what cmd would run', bat, 'call webui.bat\n', 'C:\\a" & del', /cannot be written/],
  ] as const)('are refused: %s', (_name, editor, text, folder, problem) => {
    expect(editor.put(text, settings(['lora-dir', folder])).problem).toMatch(problem);
  });
  it("that are commented out are nobody's", () => {
    expect(sh.put('# --lora-dir /mine\n', settings(['lora-dir', '/x'])).problem).toBeNull();
  });
});

describe('other files', () => {
  it('SwarmUI keeps its roots, and gets ours behind them', () => {
    const editor = configEditor('swarmui-fds', 'x.fds');
    const section = settings(['ModelRoot', `${view('swarmui')}/Models`]);
    expect(textOf(editor.put('Paths:\n\tModelRoot: Models\n', section))).toBe(
      `Paths:\n\tModelRoot: Models;${view('swarmui')}/Models\n`,
    );
    expect(editor.put('Network:\n\tModelRoot: Models\n', section).problem).toMatch(/no section/);
    expect(editor.put(null, section).problem).toMatch(/not there/);
    expect(textOf(editor.put('\uFEFFPaths:\r\n\tModelRoot: A\r\n', section))).toContain(
      `A;${view('swarmui')}/Models\r\n`,
    );
    const twice = 'Paths:\n\tModelRoot: A\nOther:\n\tModelRoot: B\nPaths:\n\tModelRoot: C\n';
    expect(editor.put(twice, section).problem).toMatch(/more than once/);
    expect(editor.take(twice).problem).toMatch(/more than once/);
    expect(editor.put('Paths:\n\tModelRoot: Models\n', settings(['ModelRoot', '/a;b'])).problem).toMatch(
      /cannot be written/,
    );
  });
  it('Fooocus: a single folder becomes a list, and what is ours goes again', () => {
    const editor = configEditor('fooocus-json', 'config.txt');
    const ours = `${view('fooocus')}/models/loras`;
    const text = textOf(editor.put('{"path_loras": "/mine"}', settings(['path_loras', ours])));
    expect(JSON.parse(text)).toEqual({ path_loras: ['/mine', ours] });
    expect(JSON.parse(textOf(editor.take(text)))).toEqual({ path_loras: ['/mine'] });
    for (const [bad, problem] of [
      ['[]', /no JSON object/],
      ['{', /no JSON object/],
      ['{"path_loras": 7}', /no folder/],
      ['{}', /has no "path_loras"/],
      ['\uFEFF{"path_loras": []}', /no JSON object/],
      ['['.repeat(100_000), /no JSON object/],
      ['{"__proto__": {"path_loras": "/a"}}', /has no "path_loras"/],
      ['{"path_loras": "/a", "path_loras": ["/b"]}', /more than once/],
    ] as const)
      expect(editor.put(bad, settings(['path_loras', ours])).problem).toMatch(problem);
  });
  it('llama.cpp: a section for each model, and the version where the file is new', () => {
    const editor = configEditor('llama-cpp-ini', 'models.ini');
    const section = models(model({ mmproj: '/lib/mmproj.gguf' }), model({ name: 'style/b', path: '/b.gguf' }));
    expect(textOf(editor.put(null, section)).split('\n').slice(1, -2)).toEqual([
      'version = 1',
      '[tiny-Q4_K_M]',
      'model = /lib/views/x/models/tiny-Q4_K_M.gguf',
      'mmproj = /lib/mmproj.gguf',
      '[style/b]',
      'model = /b.gguf',
    ]);
    for (const header of ['[tiny-Q4_K_M]', ' [ tiny-Q4_K_M ] ; mine'])
      expect(editor.put(`${header}\nmodel = /x\n`, section).problem).toMatch(/not written here/);
    expect(editor.put('', models(model({ path: '/a;b.gguf' }))).problem).toMatch(/cannot be written/);
    expect(editor.put('', models(model({ name: 'tiny]\nmodel = /x' }))).problem).toMatch(/another name/);
  });
  it("Jan: a file of ours as a whole, and nobody else's", () => {
    const editor = configEditor('jan-yaml', 'model.yml');
    const text = textOf(editor.put(null, models(model({ sha256: 'a'.repeat(64) }))));
    expect(parse(text)).toEqual({
      model_path: '/lib/views/x/models/tiny-Q4_K_M.gguf',
      name: 'tiny-Q4_K_M',
      size_bytes: 7,
      model_sha256: 'a'.repeat(64),
      embedding: false,
    });
    expect(textOf(editor.put(text.replace('embedding: false', 'embedding: true'), models(model({}))))).toContain(
      'embedding: true',
    );
    const [mark = ''] = text.split('\n');
    for (const broken of ['a: [', '['.repeat(100_000), 'a: *b'])
      expect(textOf(editor.put(`${mark}\n${broken}\n`, models(model({}))))).toContain('embedding: false');
    expect(textOf(editor.take(text))).toBe('');
    expect(editor.put('model_path: x\n', models(model({}))).problem).toMatch(/not written here/);
    expect(editor.take('model_path: x\n').problem).toMatch(/not written here/);
    /* Jan writes these on into a file where they begin a comment, or a line. */
    for (const character of ['#', ';', '\n']) {
      const path = `/lib/a${character}b.gguf`;
      expect(editor.put(null, models(model({ path }))).problem).toContain('cannot open');
      expect(editor.put(null, models(model({ mmproj: path }))).problem).toContain('cannot open');
    }
  });
});
