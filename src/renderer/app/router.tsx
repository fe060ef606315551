/** Routes from the list of pages; every object has an address of its own, and Back works. */
import { createHashRouter, Navigate } from 'react-router';
import { Frame } from './Frame.tsx';
import { PageError } from './PageError.tsx';
import { NotHere } from './NotHere.tsx';
import { pages } from './pages.tsx';

export type AppRouter = ReturnType<typeof createAppRouter>;

/** The router of the app. */
export function createAppRouter() {
  const routes = pages.flatMap((page) =>
    page.routes.map(({ path, load }) => ({
      path,
      lazy: async () => ({ Component: await load() }),
      ErrorBoundary: PageError,
    })),
  );
  return createHashRouter([
    {
      path: '/',
      Component: Frame,
      HydrateFallback: () => null,
      children: [
        { index: true, element: <Navigate to={`/${pages[0]?.name ?? ''}`} replace /> },
        ...routes,
        { path: '*', Component: NotHere },
      ],
    },
  ]);
}
