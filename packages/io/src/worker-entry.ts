import { serveTasks } from '@modelkeep/workers';
import { nodeBulkFileSystem } from './node/node-bulk-file-system.ts';
import { createIoTasks } from './worker/io-tasks.ts';

serveTasks(createIoTasks(nodeBulkFileSystem));
