/** What a request is for. A server that fails at one of these may be well at the others. */
export type EndpointClass = 'api' | 'resolve' | 'cdn';

/** All of {@link EndpointClass}. */
export const endpointClasses: readonly EndpointClass[] = ['api', 'resolve', 'cdn'];
