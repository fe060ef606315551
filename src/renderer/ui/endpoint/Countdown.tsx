/** Time left until an instant, to the second. */
import { type ReactNode, useEffect, useState } from 'react';

/** `2:41`; `0:00` when it is over. */
export function Countdown({ until }: { readonly until: number }): ReactNode {
  const [left, setLeft] = useState(() => until - Date.now());
  useEffect(() => {
    const timer = setInterval(() => setLeft(until - Date.now()), 250);
    return () => clearInterval(timer);
  }, [until]);
  const seconds = Math.max(0, Math.ceil(left / 1_000));
  return (
    <strong role="timer" style={{ fontVariantNumeric: 'tabular-nums' }}>
      {Math.floor(seconds / 60)}:{String(seconds % 60).padStart(2, '0')}
    </strong>
  );
}
