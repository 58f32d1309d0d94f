import type { MessagePort } from 'node:worker_threads';
import { serialiseError } from '@modelkeep/core';
import { createSeenFlags } from './cancel-flags.ts';
import { runTask } from './run-task.ts';
import type { ReplyMessage, RequestMessage, TaskContext, Tasks } from './task-types.ts';

interface RunningCall {
  readonly callId: number;
  readonly abort: () => void;
}

/** @internal Answers the calls that come in at a port. */
export function answerCalls(port: MessagePort, tasks: Tasks): void {
  /** An array, as the one of the other side. */
  const running: RunningCall[] = [];
  const flags = createSeenFlags();
  const reply = (message: ReplyMessage): void => port.postMessage(message);

  const answer = async (message: Extract<RequestMessage, { callId: number }>): Promise<void> => {
    const { callId, cancelFlag } = message;
    // Most tasks are over before anybody could listen.
    let abort: AbortController | undefined;
    let isAborted = false;
    const call: RunningCall = {
      callId,
      abort() {
        isAborted = true;
        abort?.abort();
      },
    };
    running.push(call);
    const context: TaskContext = {
      get signal() {
        if (abort === undefined) {
          abort = new AbortController();
          if (isAborted) abort.abort();
        }
        return abort.signal;
      },
      isCancelled: () => flags.isRaised(cancelFlag),
      report: (value) => reply({ kind: 'progress', callId, value }),
    };
    try {
      reply({
        kind: 'done',
        callId,
        value: await runTask(tasks, { task: message.task, input: message.input, context }),
      });
    } catch (error) {
      reply({ kind: 'failed', callId, error: serialiseError(error) });
    } finally {
      running.splice(running.indexOf(call), 1);
    }
  };

  port.on('message', (message: RequestMessage) => {
    // Without its port the thread has nothing left to wait for and ends by itself.
    if ('end' in message) port.close();
    else if ('cancelFlags' in message) flags.add(message.cancelFlags);
    else if ('cancelCallId' in message) running.find(({ callId }) => callId === message.cancelCallId)?.abort();
    else void answer(message);
  });
}
