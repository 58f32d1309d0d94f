/** @internal The build puts the bundled text of worker-entry.ts here; undefined means: start that file. */
export const workerCode: string | undefined = undefined;
