import { serveTasks } from './serve-tasks.ts';
import { tasks } from './worker-pool.test-tasks.ts';

serveTasks(tasks);
