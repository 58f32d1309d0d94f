import { refuse } from './refusal.ts';

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** The `Link` header of a page that is not the last. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What is cut into pages. */
export interface PageOptions<T> {
  readonly items: readonly T[];
  /** A stable name of an item; the cursor carries the last one of a page. */
  readonly keyOf: (item: T) => string;
  readonly pageSize: number;
  /** The absolute URL of the list without its query. */
  readonly url: string;
  readonly query: URLSearchParams;
}

function readCursor(cursor: string): string {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(value) && typeof value[0] === 'string') return value[0];
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return refuse(400, { message: 'Invalid cursor' });
}

function positionAfter<T>({ items, keyOf }: PageOptions<T>, cursor: string | null): number {
  if (cursor === null) return 0;
  const key = readCursor(cursor);
  const position = items.findIndex((item) => keyOf(item) === key);
  return position === -1 ? refuse(400, { message: 'Invalid cursor' }) : position + 1;
}

/** Cuts the page that the query's cursor asks for; the next page is an absolute URL that keeps the query. */
export function pageOf<T>(options: PageOptions<T>): Page<T> {
  const start = positionAfter(options, options.query.get('cursor'));
  const items = options.items.slice(start, start + options.pageSize);
  const last = items.at(-1);
  if (last === undefined || start + items.length >= options.items.length) return { items, headers: {} };
  const query = new URLSearchParams(options.query);
  query.set('cursor', Buffer.from(JSON.stringify([options.keyOf(last)])).toString('base64url'));
  return { items, headers: { link: `<${options.url}?${query.toString()}>; rel="next"` } };
}

/** Reads the `limit` of a query: at most the hub's own page size. A bad one is answered with 400. */
export function readLimit(query: URLSearchParams, pageSize: number): number {
  const text = query.get('limit');
  if (text === null) return pageSize;
  if (!/^[1-9]\d{0,8}$/.test(text)) return refuse(400, { message: 'Invalid limit: expected a number of 1 and more' });
  return Math.min(Number(text), pageSize);
}
