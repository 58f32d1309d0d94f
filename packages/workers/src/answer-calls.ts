import type { MessagePort } from 'node:worker_threads';
import { serialiseError } from '@modelkeep/core';
import { runTask } from './run-task.ts';
import type { ReplyMessage, RequestMessage, TaskContext, Tasks } from './task-types.ts';

/** @internal Answers the calls that come in at a port. */
export function answerCalls(port: MessagePort, tasks: Tasks): void {
  /** An array, as the one of the other side. */
  const running: { readonly callId: number; readonly abort: AbortController }[] = [];
  const reply = (message: ReplyMessage): void => port.postMessage(message);

  const answer = async (message: Extract<RequestMessage, { callId: number }>): Promise<void> => {
    const { callId } = message;
    const abort = new AbortController();
    const flag = new Int32Array(message.cancelFlag);
    const call = { callId, abort };
    running.push(call);
    const context: TaskContext = {
      signal: abort.signal,
      isCancelled: () => Atomics.load(flag, 0) === 1,
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
    else if ('cancelCallId' in message) running.find(({ callId }) => callId === message.cancelCallId)?.abort.abort();
    else void answer(message);
  });
}
