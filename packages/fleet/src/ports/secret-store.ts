/**
 * Where secrets are kept, by name. The default is a file of one's own; a keychain of the system or Electron's `safeStorage`
 * takes its place with these three functions. They may answer at once or by a promise.
 *
 * @example
 * ```ts
 * import type { SecretStore } from '@modelkeep/fleet';
 *
 * // `Entry` is the class of that name in `@napi-rs/keyring`.
 * interface Entry {
 *   getPassword(): string | null;
 *   setPassword(value: string): void;
 *   deletePassword(): boolean;
 * }
 *
 * export function keychainStore(entry: (name: string) => Entry): SecretStore {
 *   return {
 *     get: (name) => entry(name).getPassword() ?? undefined,
 *     set: (name, value) => entry(name).setPassword(value),
 *     delete: (name) => void entry(name).deletePassword(),
 *   };
 * }
 * ```
 */
export interface SecretStore {
  /** Undefined where there is none. */
  get(name: string): string | undefined | Promise<string | undefined>;
  set(name: string, value: string): void | Promise<void>;
  /** Does nothing where there is none. */
  delete(name: string): void | Promise<void>;
}
