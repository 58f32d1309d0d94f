import type { MessagePort } from 'node:worker_threads';
import { serialiseError } from '@modelkeep/core';
import { runTask } from './run-task.ts';
import type { ReplyMessage, RequestMessage, TaskContext, Tasks } from './task-types.ts';

/** @internal Answers the calls that come in at a port. */
export function answerCalls(port: MessagePort, tasks: Tasks): void {
  const running = new Map<number, AbortController>();
  const reply = (message: ReplyMessage): void => port.postMessage(message);

  const answer = async (message: Extract<RequestMessage, { callId: number }>): Promise<void> => {
    const { callId } = message;
    const abort = new AbortController();
    const flag = new Int32Array(message.cancelFlag);
    running.set(callId, abort);
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
      running.delete(callId);
    }
  };

  port.on('message', (message: RequestMessage) => {
    // Without its port the thread has nothing left to wait for and ends by itself.
    if ('end' in message) port.close();
    else if ('cancelCallId' in message) running.get(message.cancelCallId)?.abort();
    else void answer(message);
  });
}
