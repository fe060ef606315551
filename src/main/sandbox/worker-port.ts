/**
 * The sandbox process's end of the line to the app: Node's child process channel, or Electron's utility process port.
 * An answer counts as sent once it has left this process, so that whatever kills the process next can't take it along.
 */
import { type Answer, type Batch, READY } from './protocol.ts';

export interface WorkerPort {
  /** Resolves when the answer is out. */
  send(answer: Answer): Promise<void>;
  /** Says that jobs can come, and hands them over as they do. */
  receive(onBatch: (batch: Batch) => void): void;
}

/** The parent is the app itself, so its messages are only told apart, not judged. */
function isBatch(message: unknown): message is Batch {
  return typeof message === 'object' && message !== null && 'jobs' in message && 'texts' in message;
}

interface UtilityPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown;
}

function isUtilityPort(value: unknown): value is UtilityPort {
  return typeof value === 'object' && value !== null && 'postMessage' in value && 'on' in value;
}

function utilityPort(port: UtilityPort): WorkerPort {
  return {
    async send(answer) {
      port.postMessage(answer);
    },
    receive(onBatch) {
      port.on('message', ({ data }) => {
        if (isBatch(data)) onBatch(data);
      });
      port.postMessage(READY);
    },
  };
}

function childPort(): WorkerPort {
  const post = (message: unknown): Promise<void> =>
    new Promise((resolve) => {
      process.send?.(message, undefined, undefined, () => resolve());
    });
  return {
    send: post,
    receive(onBatch) {
      process.on('message', (message) => {
        if (isBatch(message)) onBatch(message);
      });
      // Ctrl+C and a service's stop reach the whole process group; the app decides when this process ends.
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
      process.on('disconnect', () => process.exit());
      void post(READY);
    },
  };
}

/** The line to whoever started this process. */
export function openWorkerPort(): WorkerPort {
  const parentPort: unknown = Reflect.get(process, 'parentPort');
  return isUtilityPort(parentPort) ? utilityPort(parentPort) : childPort();
}
