/** Does some work while nobody else does any under the same lock, in this process or in another one. */
export type Exclusively = <T>(work: () => Promise<T>) => Promise<T>;
