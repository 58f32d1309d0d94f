import { serveTasks } from '@modelkeep/workers';
import { createSqliteTasks } from './worker/tasks.ts';

serveTasks(createSqliteTasks());
