/** One request and its answer over a dispatcher, from the first byte sent to the last byte decoded. */
import type { Dispatcher } from 'undici';
import { AppError } from '../../../shared/errors.ts';
import type { OutboundReply, OutboundRequest } from '../step.ts';
import { type BodyReader, createBodyReader, tooLarge } from './decode.ts';
import { callFailure, networkCodeOf } from './network-words.ts';

interface ExchangeLimits {
  readonly firstByteMs: number;
  /** In bytes, on the wire and decoded. */
  readonly longestBody: number;
}

type Headers = OutboundReply['headers'];

/** Headers sent with every request that does not bring its own. */
function withDefaults(headers: OutboundRequest['headers']): string[] {
  const own = new Set(headers.map(([name]) => name.toLowerCase()));
  const defaults = [
    ['accept', '*/*'],
    ['accept-encoding', 'gzip, deflate, br'],
    ['user-agent', 'Hookyard'],
  ] as const;
  return [...defaults.filter(([name]) => !own.has(name)), ...headers].flat();
}

function readHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Headers {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** What a broken call is told as. */
function failureOf(thrown: unknown, limits: ExchangeLimits): AppError {
  switch (networkCodeOf(thrown)) {
    case 'UND_ERR_RES_EXCEEDED_MAX_SIZE':
      return tooLarge(limits.longestBody);
    case 'UND_ERR_HEADERS_TIMEOUT':
      return new AppError({
        code: 'http_failed',
        message: `No answer began within ${limits.firstByteMs / 1_000} seconds.`,
      });
    default:
      return callFailure(thrown);
  }
}

function markSent(error: AppError): AppError {
  const { code, message, details, cause } = error;
  return new AppError({ code, message, details: { ...details, sent: true }, cause });
}

/**
 * Sends a request and reads its answer.
 * @throws AppError `http_failed`, `target_blocked`, or the error the signal gives as its reason; `details.sent`: it may have
 * arrived
 */
export function exchange(
  dispatcher: Dispatcher,
  request: OutboundRequest,
  signal: AbortSignal,
  limits: ExchangeLimits,
): Promise<OutboundReply> {
  const { promise, resolve, reject } = Promise.withResolvers<OutboundReply>();
  let controller: Dispatcher.DispatchController | undefined;
  let reader: BodyReader | undefined;
  let status = 0;
  let headers: Headers = {};
  let isOver = false;

  function end(): void {
    isOver = true;
    signal.removeEventListener('abort', onAbort);
  }

  function fail(thrown: unknown): void {
    if (isOver) return;
    end();
    reader?.drop();
    const error = failureOf(thrown, limits);
    const isSent = controller !== undefined;
    controller?.abort(error);
    reject(isSent ? markSent(error) : error);
  }

  function onAbort(): void {
    fail(signal.reason);
  }

  const handler: Dispatcher.DispatchHandler = {
    onRequestStart(begun) {
      // Given up while it still waited for its connection: nothing is sent.
      if (isOver) begun.abort(new AppError({ code: 'cancelled' }));
      else controller = begun;
    },
    onResponseStart(begun, statusCode, received) {
      if (statusCode < 200) return;
      status = statusCode;
      headers = readHeaders(received);
      const encoding = headers['content-encoding']?.toString() ?? '';
      reader = createBodyReader(request.method === 'HEAD' ? '' : encoding, limits.longestBody, {
        onBody(body) {
          if (isOver) return;
          end();
          resolve({ status, headers, body });
        },
        onError: fail,
        onDrain: () => begun.resume(),
      });
    },
    onResponseData(begun, chunk) {
      if (reader?.write(chunk) === false) begun.pause();
    },
    onResponseEnd: () => reader?.end(),
    onResponseError: (_controller, error) => fail(error),
    // Answers that ask for another protocol are not spoken.
    onRequestUpgrade: (begun) => begun.abort(new AppError({ code: 'http_failed' })),
  };

  if (signal.aborted) onAbort();
  else {
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      dispatcher.dispatch(
        {
          origin: request.url.origin,
          path: request.url.pathname + request.url.search,
          method: request.method,
          headers: withDefaults(request.headers),
          body: request.body ?? null,
          headersTimeout: limits.firstByteMs,
        },
        handler,
      );
    } catch (thrown) {
      fail(thrown);
    }
  }
  return promise;
}
