export { serveTasks } from './serve-tasks.ts';
export type { WorkerEntry } from './start-worker.ts';
export type { Task, TaskContext, Tasks } from './task-types.ts';
export type { CallOptions } from './worker-host.ts';
export { createWorkerPool, type WorkerLease, type WorkerPool, type WorkerPoolOptions } from './worker-pool.ts';
