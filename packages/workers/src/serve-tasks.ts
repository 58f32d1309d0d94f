import { parentPort } from 'node:worker_threads';
import { answerCalls } from './answer-calls.ts';
import type { Tasks } from './task-types.ts';

/**
 * The worker's side: answers the calls of the pool that started this thread. Called once, by a `worker-entry.ts`.
 *
 * @param tasks - what this worker can do
 */
export function serveTasks(tasks: Tasks): void {
  if (parentPort !== null) answerCalls(parentPort, tasks);
}
