import { jobsTables } from './jobs-tables.ts';
import { serversTables } from './servers-tables.ts';
import { stateTables } from './state-tables.ts';

/**
 * @internal The tables, `{s}` being the schema. Step n brings version n to n + 1. Published steps never change; new ones are
 * appended. Texts of strangers may be longer than an index takes, so their hashes are in it.
 */
export const steps: readonly string[] = [stateTables + serversTables, jobsTables];
