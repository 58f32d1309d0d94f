import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');

interface Snippet {
  readonly where: string;
  readonly code: string;
}

async function filesOf(...patterns: string[]): Promise<string[]> {
  const { stdout } = await run('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...patterns], {
    cwd: root,
  });
  return stdout.split('\n').filter((file) => file !== '' && !file.endsWith('.test.ts'));
}

/** The TypeScript blocks of a Markdown file. */
function blocksOf(text: string, where: string): Snippet[] {
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map((match, index) => ({
    where: `${where} block ${index + 1}`,
    code: match[1] ?? '',
  }));
}

/** The TypeScript blocks of the doc comments of a source file. */
function examplesOf(text: string, where: string): Snippet[] {
  return [...text.matchAll(/^ *\* ```ts\n(.*?)^ *\* ```$/gms)].map((match, index) => ({
    where: `${where} example ${index + 1}`,
    code: (match[1] ?? '').replace(/^ *\* ?/gm, ''),
  }));
}

/** What examples may leave to the reader, as they say in words: an app's own function, an open library. */
const given = `
declare global {
  const library: import('modelkeep').Library;
  function render(fraction: number, bytesPerSecond: number): void;
}
export {};
`;

function compile(snippets: readonly Snippet[]): string[] {
  const config = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root);
  const virtual = new Map(snippets.map((snippet, index) => [join(root, 'e2e', `__snippet-${index}.ts`), snippet]));
  const globals = join(root, 'e2e', '__given.ts');
  const textOf = (path: string): string | undefined => {
    if (path === globals) return given;
    const snippet = virtual.get(path);
    return snippet === undefined ? undefined : `${snippet.code}\nexport {};\n`;
  };
  const compilerOptions = { ...options, noUnusedLocals: false, isolatedDeclarations: false, declaration: false };
  const host = ts.createCompilerHost(compilerOptions);
  const fileExists = host.fileExists.bind(host);
  const read = host.readFile.bind(host);
  const getSourceFile = host.getSourceFile.bind(host);
  host.fileExists = (path) => textOf(path) !== undefined || fileExists(path);
  host.readFile = (path) => textOf(path) ?? read(path);
  host.getSourceFile = (path, version, ...rest) => {
    const text = textOf(path);
    return text === undefined ? getSourceFile(path, version, ...rest) : ts.createSourceFile(path, text, version);
  };
  const program = ts.createProgram([globals, ...virtual.keys()], compilerOptions, host);
  return [...virtual].flatMap(([path, snippet]) => {
    const source = program.getSourceFile(path);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ messageText, start = 0 }) =>
        `${snippet.where}, line ${snippet.code.slice(0, start).split('\n').length}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
    );
  });
}

describe('the docs', () => {
  it('have code that compiles: in every Markdown file and in every @example of the sources', async () => {
    const snippets: Snippet[] = [];
    for (const file of await filesOf('*.md'))
      snippets.push(...blocksOf(await readFile(join(root, file), 'utf8'), file));
    for (const file of await filesOf('packages/*/src/*.ts'))
      snippets.push(...examplesOf(await readFile(join(root, file), 'utf8'), file));
    expect(snippets.length).toBeGreaterThan(10);
    expect(compile(snippets)).toEqual([]);
  }, 120_000);

  it('link to files that exist', async () => {
    const broken: string[] = [];
    for (const file of await filesOf('*.md')) {
      const text = await readFile(join(root, file), 'utf8');
      for (const [, target = ''] of text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)) {
        if (/^[a-z]+:/.test(target)) continue;
        const path = join(root, file, '..', target);
        const entries: readonly string[] = await readdir(join(path, '..')).catch(() => []);
        if (!entries.includes(path.split('/').at(-1) ?? '')) broken.push(`${file}: ${target}`);
      }
    }
    expect(broken).toEqual([]);
  });

  it('name scripts that exist, and each package has a read-me', async () => {
    const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    for (const file of await filesOf('*.md')) {
      const text = await readFile(join(root, file), 'utf8');
      for (const [, script = ''] of text.matchAll(/npx pnpm@12 ([a-z][a-z:]*)/g))
        expect(Object.keys(scripts), file).toContain(script);
    }
    for (const name of await readdir(join(root, 'packages'))) {
      const entries = await readdir(join(root, 'packages', name));
      expect(entries, relative(root, join(root, 'packages', name))).toContain('README.md');
    }
  });
});
