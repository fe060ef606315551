/** What surrounds every page: theme, notifications, router. */
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import type { ReactNode } from 'react';
import { RouterProvider } from 'react-router/dom';
import { cssVariablesResolver, theme } from '../theme.ts';
import type { AppRouter } from './router.tsx';

const colorSchemeManager = localStorageColorSchemeManager({ key: 'hookyard.color-scheme' });

/** The app. */
export function App({ router }: { readonly router: AppRouter }): ReactNode {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariablesResolver}
      colorSchemeManager={colorSchemeManager}
      defaultColorScheme="auto"
    >
      <Notifications position="bottom-right" zIndex={400} limit={4} containerWidth={360} />
      <RouterProvider router={router} />
    </MantineProvider>
  );
}
