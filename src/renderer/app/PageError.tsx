/** What stands in place of a page that broke: the rest of the app goes on. */
import type { ReactNode } from 'react';
import { useRouteError } from 'react-router';
import { ErrorState } from '../ui/states.tsx';

/** The error boundary of a page. */
export function PageError(): ReactNode {
  const thrown = useRouteError();
  const reason = thrown instanceof Error ? thrown.message : 'Something unexpected was thrown.';
  return (
    <main style={{ flex: 1, minHeight: 0 }}>
      <ErrorState
        title="This page broke"
        reason={reason}
        next="The other pages are not touched, and nothing that was stored is lost."
        onRetry={() => window.location.reload()}
      />
    </main>
  );
}
