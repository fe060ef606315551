/**
 * Every page of the app, in the order of the rail: one entry per page, read by the router, the rail, the palette and
 * the keys. A feature exports its page components from `features/<name>/index.tsx`; they load when first opened.
 */
import {
  IconActivity,
  IconAlertOctagon,
  IconBook2,
  IconBroadcast,
  IconInbox,
  IconPlayerPlay,
  IconRoute2,
  IconSettings,
  IconTable,
  type TablerIcon,
} from '@tabler/icons-react';
import type { ComponentType } from 'react';

export interface PageRoute {
  /** Path pattern, e.g. `requests/:id?`. */
  readonly path: string;
  readonly load: () => Promise<ComponentType>;
}

export interface Page {
  /** First part of its path. */
  readonly name: string;
  readonly title: string;
  readonly icon: TablerIcon;
  /** Two keys that open it. */
  readonly keys: string;
  readonly routes: readonly PageRoute[];
}

export const pages: readonly Page[] = [
  {
    name: 'workflows',
    title: 'Workflows',
    icon: IconRoute2,
    keys: 'g w',
    routes: [
      {
        path: 'workflows',
        load: async () => (await import('../features/workflows/index.tsx')).WorkflowsPage,
      },
      {
        path: 'workflows/:id',
        load: async () => (await import('../features/workflows/index.tsx')).WorkflowPage,
      },
    ],
  },
  {
    name: 'requests',
    title: 'Requests',
    icon: IconInbox,
    keys: 'g q',
    routes: [
      {
        path: 'requests/:id?',
        load: async () => (await import('../features/requests/index.tsx')).RequestsPage,
      },
    ],
  },
  {
    name: 'runs',
    title: 'Runs',
    icon: IconPlayerPlay,
    keys: 'g r',
    routes: [{ path: 'runs/:id?', load: async () => (await import('../features/runs/index.tsx')).RunsPage }],
  },
  {
    name: 'triggers',
    title: 'Manage Triggers',
    icon: IconActivity,
    keys: 'g t',
    routes: [
      { path: 'triggers', load: async () => (await import('../features/triggers/index.tsx')).TriggersPage },
    ],
  },
  {
    name: 'failed',
    title: 'Failed Triggers',
    icon: IconAlertOctagon,
    keys: 'g f',
    routes: [{ path: 'failed', load: async () => (await import('../features/failed/index.tsx')).FailedPage }],
  },
  {
    name: 'data-sources',
    title: 'Data Sources',
    icon: IconBroadcast,
    keys: 'g d',
    routes: [
      {
        path: 'data-sources',
        load: async () => (await import('../features/data-sources/index.tsx')).DataSourcesPage,
      },
    ],
  },
  {
    name: 'records',
    title: 'Records',
    icon: IconTable,
    keys: 'g e',
    routes: [
      {
        path: 'records/:entity?',
        load: async () => (await import('../features/records/index.tsx')).RecordsPage,
      },
    ],
  },
  {
    name: 'api-docs',
    title: 'API docs',
    icon: IconBook2,
    keys: 'g a',
    routes: [
      { path: 'api-docs', load: async () => (await import('../features/api-docs/index.tsx')).ApiDocsPage },
    ],
  },
  {
    name: 'settings',
    title: 'Settings',
    icon: IconSettings,
    keys: 'g s',
    routes: [
      { path: 'settings', load: async () => (await import('../features/settings/index.tsx')).SettingsPage },
    ],
  },
];
