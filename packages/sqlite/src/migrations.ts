import { ModelkeepError } from '@modelkeep/core';

/** The schema of one package in a database that others may share. */
export interface Migration {
  /** Lower-case letters, digits and `-`; its tables should carry it in their names. */
  readonly namespace: string;
  /** SQL scripts. Step n brings version n to n + 1. Published steps never change; new ones are appended. */
  readonly steps: readonly string[];
}

const NAMESPACE = /^[a-z][a-z0-9-]{0,63}$/;

/**
 * @internal
 * @throws `core.invalid-argument` for a namespace that is no such name or is there twice
 */
export function checkMigrations(migrations: readonly Migration[]): void {
  const seen = new Set<string>();
  for (const { namespace } of migrations) {
    if (!NAMESPACE.test(namespace) || seen.has(namespace)) {
      throw new ModelkeepError('core.invalid-argument', {
        message: `"${namespace}" is no migration namespace, or it is there twice`,
        facts: { argument: 'migrations', found: namespace },
        hint: 'use lower-case letters, digits and "-", each namespace once',
      });
    }
    seen.add(namespace);
  }
}
