import { serveTasks } from '@modelkeep/workers';
import { tasks } from './tasks.ts';

serveTasks(tasks);
