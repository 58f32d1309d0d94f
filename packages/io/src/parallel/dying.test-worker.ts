/** An io worker that ends in the middle of a task: of the one whose name stands in the environment. */
import { serveTasks } from '@modelkeep/workers';
import { nodeBulkFileSystem } from '../node/node-bulk-file-system.ts';
import { createIoTasks } from '../worker/io-tasks.ts';

serveTasks({
  ...createIoTasks(nodeBulkFileSystem),
  [process.env['MODELKEEP_TEST_DIES_IN'] ?? '']: () => process.exit(3),
});
