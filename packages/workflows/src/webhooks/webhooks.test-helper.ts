import { systemClock, type Clock } from '@modelkeep/core';
import { tempFolder } from '../workspace.test-helper.ts';
import type { OpenWorkspaceOptions } from '../workspace/open-workspace-options.ts';
import { openWorkspace } from '../workspace/open-workspace.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { startReceiver, type Receiver } from './receiver.test-helper.ts';

export interface Scene extends AsyncDisposable {
  readonly receiver: Receiver;
  readonly root: string;
  readonly logged: string[];
  open(options?: Partial<OpenWorkspaceOptions>): Promise<Workspace>;
  /** Lets time pass. */
  pass(ms: number): void;
}

export async function scene(): Promise<Scene> {
  const folder = await tempFolder();
  const receiver = await startReceiver();
  const root = folder.join('library');
  const logged: string[] = [];
  const note = (...args: unknown[]): void => void logged.push(JSON.stringify(args));
  let passedMs = 0;
  const clock: Clock = {
    ...systemClock,
    now: () => systemClock.now() + passedMs,
    monotonicMs: () => systemClock.monotonicMs() + passedMs,
  };
  return {
    receiver,
    root,
    logged,
    open: (options) =>
      openWorkspace({
        root,
        clock,
        privateOrigins: [receiver.origin],
        logger: { debug: note, info: note, warn: note, error: note },
        ...options,
      }),
    pass: (ms) => void (passedMs += ms),
    async [Symbol.asyncDispose]() {
      await receiver[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

export const bodiesOf = ({ received }: Receiver): unknown[] => received.map(({ body }) => JSON.parse(body) as unknown);
export const idsOf = ({ received }: Receiver): unknown[] => received.map(({ headers }) => headers['webhook-id']);
