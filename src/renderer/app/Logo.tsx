/** The mark: a hook on its ground. */
import type { ReactNode } from 'react';

/** The logo, 22 pixels. */
export function Logo(): ReactNode {
  return (
    <svg width="22" height="22" viewBox="0 0 32 32" fill="none" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="var(--mantine-color-iris-6)" />
      <path d="M11 7v9.5a5.5 5.5 0 1 0 11 0V15" stroke="#fff" strokeWidth="3" strokeLinecap="round" />
      <path
        d="m18.6 17.4 3.4-3.4 3.4 3.4"
        stroke="#fff"
        strokeWidth="3"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
