/** An address nothing answers to. */
import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { EmptyState } from '../ui/states.tsx';

/** The page for unknown addresses. */
export function NotHere(): ReactNode {
  return (
    <main style={{ flex: 1, minHeight: 0 }}>
      <EmptyState
        title="Nothing is here"
        action={
          <Button component={Link} to="/" variant="default">
            Go to the first page
          </Button>
        }
      >
        This address belongs to no page. It may come from another version of Hookyard.
      </EmptyState>
    </main>
  );
}
