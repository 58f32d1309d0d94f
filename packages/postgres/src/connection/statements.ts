import { hash } from 'node:crypto';
import type { QueryConfig } from 'pg';

/** @internal Raw SQL, in which `{s}` is the schema. What is `prepared` is read and planned once by each connection: for hot paths. */
export type Sql = string | { readonly prepared: string };

/** @internal Makes of SQL what `pg` takes. */
export interface Statements {
  of(sql: Sql, values: readonly unknown[]): QueryConfig;
  /** @returns whether an error says that nothing can be prepared here; nothing is from then on */
  cannotPrepare(error: unknown): boolean;
}

/** Such a statement is not there, or there already: a PgBouncer that pools transactions may give each one another connection. */
const UNPREPARED_STATES = new Set(['26000', '42P05']);

/** @internal */
export function createStatements(schema: string): Statements {
  const configs = new Map<string, { readonly name: string; readonly text: string }>();
  let isPreparing = true;
  const preparedOf = (sql: string): { readonly name: string; readonly text: string } => {
    const known = configs.get(sql);
    if (known !== undefined) return known;
    const text = sql.replaceAll('{s}', schema);
    // Connections may be those of others, who prepare the same for another schema.
    const made = { name: `modelkeep_${hash('sha256', text).slice(0, 32)}`, text };
    configs.set(sql, made);
    return made;
  };
  return {
    of(sql, values) {
      if (typeof sql === 'string') return { text: sql.replaceAll('{s}', schema), values: [...values] };
      const { name, text } = preparedOf(sql.prepared);
      return isPreparing ? { name, text, values: [...values] } : { text, values: [...values] };
    },
    cannotPrepare(error) {
      if (!isPreparing || !UNPREPARED_STATES.has(String((error as { code?: unknown }).code))) return false;
      isPreparing = false;
      return true;
    },
  };
}
