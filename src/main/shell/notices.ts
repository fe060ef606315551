/**
 * Notifications on the desktop: what workflows tell and ask appears where the person is, and a click leads to its run. A
 * question can be answered right there where the system has buttons; a flood is told as one.
 */
import { Notification } from 'electron';
import type { NotificationView } from '../../shared/contract/notifications.ts';
import type { Notices } from '../api/notifications.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';

interface NoticesInit {
  readonly notices: Notices;
  /** Shows a page of the window, by its path behind the #. */
  readonly onOpen: (path: string) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Shown within the span below; more are told as one. */
const mostAtOnce = 5;
const spanMs = 10_000;
/** What systems show of a text. */
const longestBody = 500;

/** In the order of the buttons. */
const answers = [
  { text: 'Approve', approved: true },
  { text: 'Reject', approved: false },
] as const;

/** Shows notifications from now on; the answer ends it. */
export function showNotices({ notices, onOpen, clock, logger }: NoticesInit): () => void {
  /** Shown ones, held so that their clicks are not lost with them. */
  const shown = new Set<Notification>();
  let inSpan = 0;
  let untold = 0;
  let cancelSpan: (() => void) | undefined;

  function show(options: Electron.NotificationConstructorOptions, onClick: () => void): Notification {
    const notification = new Notification(options);
    shown.add(notification);
    notification.on('click', onClick);
    notification.on('close', () => void shown.delete(notification));
    notification.on('failed', (_event, error) => {
      shown.delete(notification);
      logger.warn({ error }, 'a notification could not be shown');
    });
    notification.show();
    return notification;
  }

  function endSpan(): void {
    inSpan = 0;
    cancelSpan = undefined;
    if (untold === 0) return;
    const title = untold === 1 ? 'One more notification' : `${untold} more notifications`;
    untold = 0;
    show({ title }, () => onOpen('/runs'));
  }

  function tell(notice: NotificationView): void {
    cancelSpan ??= clock.after(spanMs, endSpan);
    inSpan += 1;
    if (inSpan > mostAtOnce) {
      untold += 1;
      return;
    }
    const open = (): void => onOpen(`/runs/${notice.runId}`);
    const isQuestion = notice.kind === 'approval';
    const notification = show(
      {
        title: notice.title,
        body: notice.message.slice(0, longestBody),
        urgency: notice.level === 'error' ? 'critical' : 'normal',
        ...(isQuestion ? { actions: answers.map(({ text }) => ({ type: 'button', text }) as const) } : {}),
      },
      open,
    );
    if (!isQuestion) return;
    notification.on('action', (_event, index) => {
      const answer = answers[index];
      // A form that has to be filled in, or a question that is answered already: the run tells.
      if (answer !== undefined) notices.answer(notice, answer.approved).catch(open);
    });
  }

  if (!Notification.isSupported()) return () => undefined;
  const end = notices.watch(tell);
  return () => {
    end();
    cancelSpan?.();
    for (const notification of shown) notification.close();
  };
}
