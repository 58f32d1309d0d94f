/** @internal The bundled text of `worker-entry.ts`; the build replaces this module. Undefined when run from the sources. */
export const workerCode: string | undefined = undefined;
