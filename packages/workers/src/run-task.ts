import { ModelkeepError } from '@modelkeep/core';
import type { Task, TaskContext, Tasks } from './task-types.ts';

/** @internal Looks a task up and runs it; an unknown name is a defect of the caller. */
export async function runTask(
  tasks: Tasks,
  call: { task: string; input: unknown; context: TaskContext },
): Promise<unknown> {
  const task: Task<unknown> | undefined = Object.hasOwn(tasks, call.task)
    ? (tasks[call.task] as Task<unknown>)
    : undefined;
  if (task === undefined) {
    throw new ModelkeepError('core.invalid-argument', {
      message: `the worker has no task "${call.task}"`,
      facts: { argument: 'task', found: call.task },
      hint: `known tasks: ${Object.keys(tasks).join(', ')}`,
    });
  }
  return task(call.input, call.context);
}
