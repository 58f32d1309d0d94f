import { expect, it } from 'vitest';
import { alignColumns } from './model-lines.ts';
import { printable, printableTerminal } from './printable.ts';

const hostile = 'a\u001b[2J\u009b31m\u202egnp.exe\u0000\u0007';

it('shows what a terminal would obey, and leaves everything else as it is', () => {
  expect(printable(hostile)).toBe('a\\u001b[2J\\u009b31m\\u202egnp.exe\\u0000\\u0007');
  for (const text of ['', 'a\n\tb\r\nc', 'Größe 模型 🎨', '\\u001b']) expect(printable(text)).toBe(text);
  expect(printable('a\rb')).toBe('a\\u000db');
});

it('leaves JSON what it is', () => {
  const value = { name: hostile, lines: 'a\r\n\tb' };
  expect(JSON.parse(printable(JSON.stringify(value, null, 2)))).toEqual(value);
});

it('is what both streams of a terminal get', () => {
  const shown: string[] = [];
  const write = (text: string): void => void shown.push(text);
  const terminal = printableTerminal({ out: write, err: write, progressStream: null, hasFailed: () => true });
  terminal.out(hostile);
  terminal.err(hostile);
  expect(shown).toEqual([printable(hostile), printable(hostile)]);
  expect(terminal.hasFailed?.()).toBe(true);
});

it('no cell of a table adds a line', () => {
  expect(alignColumns([['file:', 'x\nloading:  its format holds no code']])).toBe(
    'file:  x\\u000aloading:  its format holds no code',
  );
});
