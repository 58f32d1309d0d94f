import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';

const url = JSON.stringify(new URL('../bin/node-version.js', import.meta.url).href);

/** What the launcher starts: follows it, says that it runs, and does what it is told. */
const program = `
  import { followLauncher } from ${url};
  followLauncher();
  const [task] = process.argv.slice(1);
  if (task === 'print') console.log(JSON.stringify({ mark: process.env.MODELKEEP_LAUNCHER ?? null }));
  if (task === 'exit') process.exit(7);
  if (task === 'kill') process.kill(process.pid, 'SIGKILL');
  if (task === 'outlive') process.on('disconnect', () => setImmediate(() => console.log('still here')));
  if (task === 'wait') setInterval(() => {}, 60_000);
  if (task === 'wait' || task === 'outlive') console.log('ready');
`;
const launcher = `
  import { runWith } from ${url};
  process.exitCode = await runWith(process.execPath, JSON.parse(process.argv[1]));
`;
const evaluate = (code: string, argument: string): string[] => ['--input-type=module', '--eval', code, '--', argument];

interface Run {
  readonly child: ChildProcess;
  /** Resolves when somebody says that it runs. */
  readonly ready: Promise<unknown>;
  /** Resolves when all that write to the output have ended. */
  readonly end: Promise<{ code: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string }>;
}

function run(args: readonly string[], ipc: 'ipc' | 'ignore' = 'ignore'): Run {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe', ipc] });
  if (child.stdout === null || child.stderr === null) throw new Error('there is no output to read');
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  // Not "close", which does not come where the channel was closed from this side.
  const ends = [once(child, 'exit'), once(child.stdout, 'end'), once(child.stderr, 'end')];
  const end = Promise.all(ends).then(() => ({ code: child.exitCode, signal: child.signalCode, stdout, stderr }));
  return { child, ready: once(child.stdout, 'data'), end };
}

const launch = (task: string): Run => run(evaluate(launcher, JSON.stringify(evaluate(program, task))));

it('passes exit codes on, and keeps its mark from what the command starts', async () => {
  expect(await launch('exit').end).toMatchObject({ code: 7, signal: null, stderr: '' });
  expect(await launch('print').end).toMatchObject({ code: 0, stdout: '{"mark":null}\n', stderr: '' });
});

it.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)('hands %s on, and ends by it as the command does', async (signal) => {
  const { child, ready, end } = launch('wait');
  await ready;
  child.kill(signal);
  expect(await end).toMatchObject({ code: null, signal, stderr: '' });
});

it('ends by the signal that ended the command', async () => {
  expect(await launch('kill').end).toMatchObject({ code: null, signal: 'SIGKILL', stderr: '' });
});

it('takes the command with it when it is killed', async () => {
  const { child, ready, end } = launch('wait');
  await ready;
  child.kill('SIGKILL');
  // The command holds the output: it closes when both have ended.
  expect(await end).toMatchObject({ signal: 'SIGKILL', stdout: 'ready\n' });
});

it('leaves alone a command whose channel is not the launcher', async () => {
  const { child, ready, end } = run(evaluate(program, 'outlive'), 'ipc');
  await ready;
  child.disconnect();
  expect(await end).toMatchObject({ code: 0, signal: null, stdout: 'ready\nstill here\n', stderr: '' });
});
