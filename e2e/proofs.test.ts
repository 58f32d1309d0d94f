import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const folder = join(root, 'docs', 'proofs');

interface Proof {
  readonly path: string;
  /** The title of a test or of a `describe`, none for a benchmark. */
  readonly title?: string;
}

/** The proofs of a row: `path` for a benchmark, `path`: "title" for a test. */
function proofsOf(cell: string): Proof[] {
  return [...cell.matchAll(/`(?<path>[\w./-]+\.ts)`(?:: "(?<title>[^"]+)")?/g)].map(({ groups }) => ({
    path: groups?.['path'] ?? '',
    ...(groups?.['title'] !== undefined && { title: groups['title'] }),
  }));
}

/** The rows below the head of each table of a page: what is said, and the cell that names what shows it. */
function rowsOf(page: string): { said: string; shown: string }[] {
  return page
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| What is said') && !line.startsWith('| ---'))
    .map((line) => line.split(' | '))
    .map(([said = '', ...rest]) => ({ said, shown: rest.join(' | ') }));
}

const pages = (await readdir(folder)).filter((name) => name.endsWith('.md') && name !== 'README.md');

describe.each(pages)('the proofs of %s', (name) => {
  it('exist: each row names tests by file and title, or a benchmark', async () => {
    const rows = rowsOf(await readFile(join(folder, name), 'utf8'));
    const wrong: string[] = [];
    for (const { said, shown } of rows) {
      const proofs = proofsOf(shown);
      if (proofs.length === 0) wrong.push(`nothing is named: ${said}`);
      for (const { path, title } of proofs) {
        const text = existsSync(join(root, path)) ? await readFile(join(root, path), 'utf8') : undefined;
        if (text === undefined) wrong.push(`no such file: ${path}`);
        else if (title === undefined && !path.startsWith('bench/')) wrong.push(`no title: ${path} (${said})`);
        else if (title !== undefined && !text.includes(title)) wrong.push(`no such title: ${path}: ${title}`);
      }
    }
    expect(rows.length).toBeGreaterThan(0);
    expect(wrong).toStrictEqual([]);
  });
});
