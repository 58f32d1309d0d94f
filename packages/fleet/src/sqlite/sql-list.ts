/** @internal A condition that holds for these values of a column, or for all without any. */
export function amongst(column: string, name: string): string {
  return `(:${name} is null or ${column} in (select value from json_each(:${name})))`;
}

/** @internal The value for {@link amongst}. */
export function listOf(values: readonly string[] | undefined): string | null {
  return values === undefined ? null : JSON.stringify(values);
}
