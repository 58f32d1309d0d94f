/** The bundled text of `worker-entry.ts`, put in by the build; undefined when run from the sources. */
export const workerCode: string | undefined = undefined;
