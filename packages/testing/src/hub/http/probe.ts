import { request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';

const LEAVE_MS = 100;

/** One request as the socket sees it. */
export interface ProbeOptions {
  /** @default 'GET' */
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
  /**
   * Leaves 100 ms after the headers and this many body bytes have come, or, `at-once`, after the request was sent; unless the
   * answer is over by then.
   *
   * @default waits for the end
   */
  readonly leaveAfterBytes?: number | 'at-once';
}

/** What came back, as it came: nothing is followed, decoded or retried. */
export interface ProbeResult {
  /** `null` when the connection ended before a status line, or nothing came. */
  readonly status: number | null;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  /** Whether the body ended as its framing promised. */
  readonly complete: boolean;
  /** The code of the socket's error. */
  readonly errorCode: string | null;
  /** Whether the probe left before the end. */
  readonly left: boolean;
}

/** Sends one request on a connection of its own; the raw path of the URL is sent untouched. Never rejects. */
export function probe(url: string, options: ProbeOptions = {}): Promise<ProbeResult> {
  const [, host = '', port = '', path = ''] = /^http:\/\/([^/:]+):(\d+)(.*)$/.exec(url) ?? [];
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const seen = { status: null as number | null, headers: {} as IncomingHttpHeaders, complete: false };
    let errorCode: string | null = null;
    let left = false;
    let timer: NodeJS.Timeout | undefined;
    let receivedBytes = 0;
    const outgoing = request({
      host,
      port,
      path: path === '' ? '/' : path,
      method: options.method ?? 'GET',
      headers: options.headers ?? {},
      agent: false,
    });
    const noteError = (error: NodeJS.ErrnoException): void => {
      errorCode ??= error.code ?? error.message;
    };
    outgoing.on('error', noteError);
    outgoing.on('response', (response) => {
      seen.status = response.statusCode ?? null;
      seen.headers = response.headers;
      leaveSoon();
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        receivedBytes += chunk.length;
        leaveSoon();
      });
      response.on('error', noteError);
      response.on('end', () => {
        seen.complete = response.complete;
      });
      response.on('close', finish);
    });
    const finish = (): void => {
      clearTimeout(timer);
      resolve({ ...seen, bytes: Buffer.concat(chunks), errorCode, left });
    };
    outgoing.on('close', () => {
      if (seen.status === null) finish();
    });
    const leaveSoon = (): void => {
      const { leaveAfterBytes = Number.POSITIVE_INFINITY } = options;
      if (leaveAfterBytes !== 'at-once' && (seen.status === null || receivedBytes < leaveAfterBytes)) return;
      timer ??= setTimeout(() => {
        left = true;
        outgoing.destroy();
      }, LEAVE_MS);
    };
    leaveSoon();
    outgoing.end(options.body);
  });
}

/** The JSON document of a result. */
export function jsonOf(result: ProbeResult): unknown {
  return JSON.parse(result.bytes.toString());
}

/** The address of the next page of a list. */
export function nextPage(result: ProbeResult): string | undefined {
  const link = result.headers.link === undefined ? '' : headerOf(result, 'link');
  return /^<(http:[^>]+)>; rel="next"$/.exec(link)?.[1];
}

/** The first header of that name, or an error: for a header that must be there. */
export function headerOf(result: ProbeResult, name: string): string {
  const value = [result.headers[name] ?? []].flat()[0];
  if (value === undefined) throw new Error(`the answer ${String(result.status)} has no header ${name}`);
  return value;
}
