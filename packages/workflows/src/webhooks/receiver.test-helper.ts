import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What came to a receiver. */
export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A receiver on loopback that keeps what comes to it. */
export interface Receiver extends AsyncDisposable {
  readonly origin: string;
  readonly received: readonly Received[];
  /** What the next ones are answered with, the last for all that follow. A function answers as it likes, or not at all. */
  answer(...answers: readonly (number | ((response: ServerResponse) => void))[]): void;
}

export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  let answers: readonly (number | ((response: ServerResponse) => void))[] = [204];
  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    received.push({ headers: request.headers, body: await text(request) });
    const [answer = 204, ...later] = answers;
    if (later.length > 0) answers = later;
    if (typeof answer === 'number') response.writeHead(answer).end();
    else answer(response);
  };
  const server = createServer((request, response) => void receive(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answer: (...next) => void (answers = next),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
