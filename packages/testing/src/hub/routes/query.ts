/** Whether a flag of a query is set: `?recursive`, `?recursive=true`, `?recursive=1`. */
export function isTrue(query: URLSearchParams, name: string): boolean {
  const value = query.get(name);
  return value !== null && ['', '1', 'true'].includes(value.toLowerCase());
}
