import { serveTasks, type Tasks } from '@modelkeep/workers';
import type { QueryInput } from './worker/tasks.ts';
import { createSqliteTasks } from './worker/tasks.ts';

const tasks = createSqliteTasks();

/** A worker that ends when it is asked `die`. */
const mortal: Tasks = {
  ...tasks,
  query(input: QueryInput, context) {
    if (input.sql === 'die') process.exit(3);
    return (tasks['query'] as (input: QueryInput, context: unknown) => unknown)(input, context);
  },
};
serveTasks(mortal);
