/** A real HTTP server that keeps what it was sent and answers as told. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';

export interface SeenCall {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface HttpTarget extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  /** `127.0.0.1:<port>` */
  readonly host: string;
  readonly calls: SeenCall[];
  close(): Promise<void>;
}

/** Answers a call; `call` is what came, complete. */
export type Answerer = (call: SeenCall, response: ServerResponse, request: IncomingMessage) => void;

const answerOk: Answerer = (_call, response) => void response.end();

/** Listens on a free port of 127.0.0.1. */
export async function openHttpTarget(answer: Answerer = answerOk): Promise<HttpTarget> {
  const calls: SeenCall[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const call = { method, url, headers, body: Buffer.concat(chunks).toString() };
      calls.push(call);
      answer(call, response, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const host = `127.0.0.1:${address.port}`;
  return { origin: `http://${host}`, host, calls, close, [Symbol.asyncDispose]: close };
}
