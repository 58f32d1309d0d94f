import { expect, test } from 'vitest';
import { readHubArguments } from './hub-arguments.ts';

test('a folder, the demo or both, with defaults', () => {
  const defaults = { folder: null, demo: false, port: 0, host: '127.0.0.1' };
  expect(readHubArguments(['--demo'])).toEqual({ kind: 'serve', arguments: { ...defaults, demo: true } });
  expect(readHubArguments(['--folder', '/models', '--port=8080', '--host', '::1', '--demo'])).toEqual({
    kind: 'serve',
    arguments: { folder: '/models', demo: true, port: 8080, host: '::1' },
  });
});

test('help goes before everything else', () => {
  expect(readHubArguments(['--help', '--port', 'x'])).toEqual({ kind: 'help' });
  expect(readHubArguments(['-h'])).toEqual({ kind: 'help' });
});

test.each([
  [[], '--folder DIR, --demo or both'],
  [['--port', '80'], '--folder DIR, --demo or both'],
  [['--folder'], '--folder'],
  [['--folder', ''], '--folder'],
  [['--demo', '--host', ''], '--host'],
  [['--demo', '--port', '65536'], '--port'],
  [['--demo', '--port', '8o'], '--port'],
  [['--demo', '--unknown'], '--unknown'],
  [['--demo', 'extra'], 'extra'],
])('%j is wrong', (argv, reason) => {
  const command = readHubArguments(argv);
  expect(command.kind).toBe('wrong');
  expect(command).toHaveProperty('message', expect.stringContaining(reason));
});
